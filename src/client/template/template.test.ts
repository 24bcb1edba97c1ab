import { describe, expect, test } from "bun:test";
import { compileTemplate, templateData, typeName } from "./index.ts";

const maps = new Set(["Containers", "Options", "Labels"]);
const network = templateData({
  Name: "none", Id: "0a82", Scope: "local", EnableIPv6: false, Size: 3, Ratio: 1.5, Nothing: null,
  IPAM: { Driver: "default", Options: null, Config: [] }, Containers: {}, Options: { a: "1", b: "2" }, Labels: {},
  Tags: ["x:1", "y:2", "z:3"], Nested: [{ Name: "one" }, { Name: "two" }],
}, maps);

function run(template: string): string {
  return compileTemplate(template).run(network, { missingKey: "error" });
}

describe("output", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["plain", "plain"],
    ["{{.Name}}", "none"],
    ["{{ .Name }}", "none"],
    ["{{/* c */}}a", "a"],
    ["a {{- /* c */ -}} b", "ab"],
    ["  {{- .Name -}}  b", "noneb"],
    ["x {{- 3 -}} y", "x3y"],
    ["{{-3}}", "-3"],
    ["{{.IPAM}}", "{default map[] []}"],
    ["{{.IPAM.Options}}", "map[]"],
    ["{{.Options}}", "map[a:1 b:2]"],
    ["{{.Tags}}", "[x:1 y:2 z:3]"],
    ["{{.Nothing}}", "<no value>"],
    ["{{.Options.none}}", "<no value>"],
    ["{{json .IPAM}}", '{"Driver":"default","Options":null,"Config":[]}'],
    ["{{.Name | json}}", '"none"'],
    ["{{json .Options}}", '{"a":"1","b":"2"}'],
    ['{{json "<a&b>"}}', '"<a&b>"'],
    ["{{range .IPAM.Config}}{{.}}{{else}}none{{end}}", "none"],
    ['{{printf "%q %v %d %5s|%-8s|%t %x" .Name .IPAM 3 "ab" "cd" true "hi"}}', '"none" {default map[] []} 3    ab|cd      |true 6869'],
    ['[{{index .Labels "x"}}]', "[]"],
    ['{{index .Options "b"}}', "2"],
    ["{{index .Tags 1}}", "y:2"],
    ["{{(index .Nested 1).Name}}", "two"],
    ["{{with index .Nested 0}}{{.Name}}{{end}}", "one"],
    ["{{len .Name}} {{len .Tags}} {{len .Options}}", "4 3 2"],
    ["{{slice .Name 1 3}}", "on"],
    ["{{slice .Tags 1}}", "[y:2 z:3]"],
    ["{{$x := .Name}}{{$x}}", "none"],
    ["{{$x := 1}}{{$x = 2}}{{$x}}", "2"],
    ["{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"],
    ["{{$x := 1}}{{range .Tags}}{{$x = .}}{{end}}{{$x}}", "z:3"],
    ['{{range $i, $t := .Tags}}{{if $i}};{{end}}{{$t}}{{with $i}}{{.}}{{else}}-{{end}}{{end}}', "x:1-;y:21;z:32"],
    ["{{range .Nested}}{{$.Name}}-{{.Name}};{{end}}", "none-one;none-two;"],
    ["{{.EnableIPv6 | not}}", "true"],
    ['{{eq .Name "none"}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 2 2}}', "true true true true false true"],
    ['{{eq .Name "a" "b" "none"}}', "true"],
    ['{{lt "a" "b"}} {{lt 1.5 2.5}}', "true true"],
    ['{{split .Name "n"}} {{join (split .Name "n") ","}} {{upper .Name}} {{title .Name}}', "[ o e] ,o,e NONE None"],
    ["{{pad .Name 2 3}}|{{truncate .Name 2}}|{{lower .Name}}", "  none   |no|none"],
    ['{{println "a" 1}}{{print "a" 1 2 "b"}}', "a 1\na1 2b"],
    ["{{with .Name}}{{.}}{{end}}{{with .Nothing}}x{{else}}y{{end}}", "noney"],
    ["{{with .Nothing}}x{{else with .Name}}{{.}}{{end}}", "none"],
    ["{{if .Labels}}a{{else if .Options}}b{{else}}c{{end}}", "b"],
    ["{{html \"<a b='c'>\"}} {{js \"a'b\"}} {{urlquery \"a b&\"}}", "&lt;a b=&#39;c&#39;&gt; a\\'b a+b%26"],
    ['{{define "x"}}hi{{.}}{{end}}{{template "x" .Name}}', "hinone"],
    ['{{block "y" .}}{{.Name}}{{end}}', "none"],
    ['{{1 | printf "%03d"}} {{0x10}} {{1.5}} {{1e3}} {{\'a\'}} {{1_000}} {{0b11}} {{0o17}}', "001 16 1.5 1000 97 1000 3 15"],
    ['{{"a\\tb\\u00e9"}}{{`r\\aw`}}', "a\tbér\\aw"],
    ['{{true}} {{and 1 0}} {{or 0 "x"}} {{not 0}} {{and 1 2}} {{or 0 ""}}', "true 0 x true 2 "],
    ['{{and false (index .Tags 9)}}', "false"],
    ['{{range $i, $e := split "a,b" ","}}{{$i}}={{$e}};{{end}}', "0=a;1=b;"],
    ["{{range $k, $v := .Options}}{{$k}}={{$v}} {{end}}", "a=1 b=2 "],
    ['{{range split "a,b,c" ","}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{end}}', "ac"],
    ['{{range split "a,b,c" ","}}{{.}}{{if eq . "b"}}x{{break}}{{end}}{{end}}', "abx"],
    ["{{range 3}}{{.}}{{end}}", "012"],
    ['{{.Name | len | printf "%d-%s" 3}}', "3-%!s(int=4)"],
    ["{{.Size}} {{.Ratio}} {{json .Ratio}}", "3 1.5 1.5"],
    ["{{ (.Name) }}", "none"],
    ["{{.Name}}\n{{.Id}}", "none\n0a82"],
  ];
  for (const [template, output] of cases) test(template, () => { expect(run(template)).toBe(output); });
});

describe("printf", () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{{printf "%d" "x"}}', "%!d(string=x)"],
    ['{{printf "%s"}}', "%!s(MISSING)"],
    ['{{printf "%d %d" 1}}', "1 %!d(MISSING)"],
    ['{{printf "x" 1}}', "x%!(EXTRA int=1)"],
    ['{{printf "%z" 1}}', "%!z(int=1)"],
    ['{{printf "%v %+v %#v %T" "a" "b" "c" "d"}}', 'a b "c" string'],
    ['{{printf "%.2f|%8.3f|%-6.1f|" 1.255 2.5 3.5}}', "1.25|   2.500|3.5   |"],
    ['{{printf "%x %X %o %b %c %U %#x" 255 255 8 5 65 65 255}}', "ff FF 10 101 A U+0041 0xff"],
    ['{{printf "%5d|%-5d|%05d|%+d" 42 42 42 42}}', "   42|42   |00042|+42"],
    ['{{printf "%.3s|%10.2s|" "abcdef" "xyz"}}', "abc|        xy|"],
    ['{{printf "%*d" 5 42}}', "   42"],
    ['{{printf "%[2]s %[1]s" "a" "b"}}', "b a"],
    ['{{printf "%%"}}', "%"],
    ['{{printf "%"}}', "%!(NOVERB)"],
    ['{{printf "%e %g %G" 1234.5678 0.00001 1234567.5}}', "1.234568e+03 1e-05 1.2345675E+06"],
    ['{{printf "%q" "a\\"b\\n"}}', '"a\\"b\\n"'],
    ['{{printf "%v" .Nothing}}', "<nil>"],
    ['{{printf "%s" .Tags}}', "[x:1 y:2 z:3]"],
    ['{{printf "%q" .Tags}}', '["x:1" "y:2" "z:3"]'],
  ];
  for (const [template, output] of cases) test(template, () => { expect(run(template)).toBe(output); });
});

describe("errors are docker's", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["{{.Foo}}", ':1:2: executing "" at <.Foo>: map has no entry for key "Foo"'],
    ["{{.Foo.Bar}}", ':1:6: executing "" at <.Foo.Bar>: map has no entry for key "Foo"'],
    ["{{.IPAM.Foo}}", ':1:7: executing "" at <.IPAM.Foo>: map has no entry for key "Foo"'],
    ["{{.Name.Foo}}", ":1:7: executing \"\" at <.Name.Foo>: can't evaluate field Foo in type interface {}"],
    ["{{.Name", ":1: unclosed action"],
    ["{{foo .Name}}", ':1: function "foo" not defined'],
    ["{{if}}x{{end}}", ":1: missing value for if"],
    ["{{if .Name}}x", ":1: unexpected EOF"],
    ["{{end}}", ":1: unexpected {{end}}"],
    ["{{else}}", ":1: unexpected {{else}}"],
    ["{{$y}}", ':1: undefined variable "$y"'],
    ['{{eq 1 "a"}}', ':1:2: executing "" at <eq 1 "a">: error calling eq: incompatible types for comparison'],
    ["{{break}}", ":1: {{break}} outside {{range}}"],
    ["{{nil}}", ':1:2: executing "" at <nil>: nil is not a command'],
    ["{{call .Name}}", ':1:2: executing "" at <call .Name>: error calling call: non-function .Name of type string'],
    ["{{(index .IPAM.Config 0).Subnet}}", ':1:3: executing "" at <index .IPAM.Config 0>: error calling index: reflect: slice index out of range'],
    ["{{len 3}}", ':1:2: executing "" at <len 3>: error calling len: len of type int'],
    ["{{lower}}", ':1:2: executing "" at <lower>: wrong number of args for lower: want 1 got 0'],
    ["{{upper 3}}", ':1:8: executing "" at <3>: expected string; found 3'],
    ['{{"abc}}', ":1: unterminated quoted string"],
    ["{{.Name}", ":1: bad character U+007D '}'"],
    ['{{template "x"}}', ':1:11: executing "" at <{{template "x"}}>: template "x" not defined'],
    ["a\n{{.Foo}}", ':2:2: executing "" at <.Foo>: map has no entry for key "Foo"'],
    ["{{(.Name}}", ":1: unclosed left paren"],
    ["{{.Name)}}", ":1: unexpected right paren"],
    ["{{/* x", ":1: unclosed comment"],
    ["{{.Name | 3}}", ":1: non executable command in pipeline stage 2"],
  ];
  for (const [template, message] of cases) {
    test(template, () => { expect(() => run(template)).toThrow(`template parsing error: template: ${message}`); });
  }
});

test("rows: methods take arguments, an unknown field names the type", () => {
  const row = { [typeName]: "*formatter.ContainerContext", ID: "abc", Label: (name: string) => `<${name}>`, State: () => "up" };
  expect(compileTemplate('{{.ID}} {{.Label "x"}} {{.State}}').run(row)).toBe("abc <x> up");
  expect(compileTemplate("{{json .}}").run(row)).toBe('{"ID":"abc","State":"up"}');
  expect(() => compileTemplate("{{.Foo}}").run(row)).toThrow("<.Foo>: can't evaluate field Foo in type *formatter.ContainerContext");
  expect(() => compileTemplate("{{.Label}}").run(row)).toThrow("wrong number of args for Label: want 1 got 0");
  expect(() => compileTemplate("{{.ID.Foo}}").run(row)).toThrow("can't evaluate field Foo in type string");
});

test("a heading goes through docker's functions unchanged, but is padded as its cells are", () => {
  const headings = { [typeName]: "map", Name: "NAME", ID: "ID" };
  expect(compileTemplate('{{json .Name}} {{lower .ID}} {{join .Name ","}} {{pad .ID 1 1}}').heading(headings)).toBe("NAME ID NAME  ID ");
});

test("a template that calls itself for ever is an error", () => {
  expect(() => run('{{define "x"}}{{template "x"}}{{end}}{{template "x"}}')).toThrow("exceeded maximum template depth");
});
