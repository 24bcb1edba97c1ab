import { describe, expect, test } from "bun:test";
import { bytesFlag, durationFlag, integerFlag, listFlag, parseFlags, switchFlag, textFlag } from "./index.ts";

const flags = [
  switchFlag("interactive", "", { short: "i" }), switchFlag("tty", "", { short: "t" }), switchFlag("rm", ""), switchFlag("sig-proxy", "", { isOn: true }),
  textFlag("name", ""), textFlag("workdir", "", { short: "w" }), listFlag("publish", "", { short: "p" }), listFlag("env", "", { short: "e" }),
  integerFlag("last", "", { short: "n", absent: -1 }), integerFlag("weight", "", { least: 0, most: 65_535 }),
  bytesFlag("memory", "", { short: "m" }), bytesFlag("memory-swap", "", { allowsUnlimited: true }), durationFlag("interval", ""),
];

function parse(...words: string[]): ReturnType<typeof parseFlags> {
  return parseFlags(words, flags);
}

describe("forms", () => {
  test("short switches in one word", () => {
    const { flags: values, args } = parse("-it", "image");
    expect([values.isOn("interactive"), values.isOn("tty"), args]).toEqual([true, true, ["image"]]);
  });
  test("a short flag's value: joined, with an equals sign, apart, behind switches", () => {
    expect(parse("-p80:80", "-p=81:81", "-p", "82:82", "-itp83:83").flags.list("publish")).toEqual(["80:80", "81:81", "82:82", "83:83"]);
  });
  test("a long flag's value: with an equals sign, apart, empty, with equals signs of its own", () => {
    expect(parse("--name=a").flags.text("name")).toBe("a");
    expect(parse("--name", "a").flags.text("name")).toBe("a");
    expect(parse("--name=").flags.text("name")).toBe("");
    expect(parse("--env=A=b=c").flags.list("env")).toEqual(["A=b=c"]);
  });
  test("a value may look like a flag", () => {
    expect(parse("--name", "--rm").flags.text("name")).toBe("--rm");
    expect(parse("-w", "-i").flags.text("workdir")).toBe("-i");
  });
  test("switches take a value only with an equals sign", () => {
    expect(parse("--rm=false").flags.isOn("rm")).toBe(false);
    expect(parse("--sig-proxy=0").flags.isOn("sig-proxy")).toBe(false);
    const { flags: values, args } = parse("--rm", "false");
    expect([values.isOn("rm"), args]).toEqual([true, ["false"]]);
    expect(parse("-t=false").flags.isOn("tty")).toBe(false);
  });
  test("the last of a repeated flag counts, lists gather", () => {
    expect(parse("--name", "a", "--name", "b").flags.text("name")).toBe("b");
    expect(parse("-e", "A=1", "-e", "B=2").flags.list("env")).toEqual(["A=1", "B=2"]);
  });
  test("flags between arguments, none behind --", () => {
    const { flags: values, args } = parse("a", "--rm", "b", "--", "--tty", "-x");
    expect([values.isOn("rm"), values.isOn("tty"), args]).toEqual([true, false, ["a", "b", "--tty", "-x"]]);
  });
  test("not interspersed: the first argument ends the flags", () => {
    const { flags: values, args } = parseFlags(["--rm", "image", "ls", "-l", "--name", "x"], flags, { isInterspersed: false });
    expect([values.isOn("rm"), args]).toEqual([true, ["image", "ls", "-l", "--name", "x"]]);
  });
  test("a dash alone is an argument", () => {
    expect(parse("-", "x").args).toEqual(["-", "x"]);
  });
  test("numbers, sizes and durations", () => {
    const { flags: values } = parse("-n", "0x10", "--weight=7", "-m", "64m", "--memory-swap=-1", "--interval", "1m30s");
    expect([values.number("last"), values.number("weight"), values.number("memory"), values.number("memory-swap")]).toEqual([16, 7, 67_108_864, -1]);
    expect(values.duration("interval")).toBe(90_000_000_000n);
  });
  test("what is not given has its default and does not count as given", () => {
    const { flags: values } = parse();
    expect([values.number("last"), values.isOn("sig-proxy"), values.list("env"), values.isGiven("last")]).toEqual([-1, true, [], false]);
  });
  test("help, long and short, wherever it stands", () => {
    expect(parse("--help").wantsHelp).toBe(true);
    expect(parse("-h").wantsHelp).toBe(true);
    expect(parseFlags(["-h", "x"], [textFlag("hostname", "", { short: "h" })]).flags.text("hostname")).toBe("x");
  });
});

describe("errors are docker's", () => {
  const cases: readonly (readonly [string[], string])[] = [
    [["--foo"], "unknown flag: --foo"],
    [["-z"], "unknown shorthand flag: 'z' in -z"],
    [["-itz"], "unknown shorthand flag: 'z' in -itz"],
    [["--name"], "flag needs an argument: --name"],
    [["-w"], "flag needs an argument: 'w' in -w"],
    [["--rm=foo"], 'invalid argument "foo" for "--rm" flag: strconv.ParseBool: parsing "foo": invalid syntax'],
    [["-n", "x"], 'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [["--weight", "-1"], 'invalid argument "-1" for "--weight" flag: strconv.ParseUint: parsing "-1": invalid syntax'],
    [["--weight", "65536"], 'invalid argument "65536" for "--weight" flag: strconv.ParseUint: parsing "65536": value out of range'],
    [["-m", "x"], `invalid argument "x" for "-m, --memory" flag: invalid size: 'x'`],
    [["--interval", "1"], 'invalid argument "1" for "--interval" flag: time: missing unit in duration "1"'],
    [["--=x"], "bad flag syntax: --=x"],
  ];
  for (const [words, message] of cases) test(words.join(" "), () => { expect(() => parse(...words)).toThrow(message); });
});
