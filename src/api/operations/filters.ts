import { EngineError } from "../../base/index.ts";
import { isArray, isObject, parseJson, type JsonValue } from "../decode/index.ts";
import type { Filters } from "../types/index.ts";
import type { Parameter } from "./parameter.ts";

/** Whether a filter may have this value. */
export type ValueCheck = (value: string) => boolean;

export const anyValue: ValueCheck = () => true;
/** What docker's filters take as a switch. */
export const switchValue: ValueCheck = (value) => /^(?:0|1|t|f|true|false)$/i.test(value);
export const integerValue: ValueCheck = (value) => /^[+-]?\d{1,15}$/.test(value);

export function wordValue(words: readonly string[]): ValueCheck {
  return (value) => words.includes(value);
}

/**
 * The `filters` parameter: a JSON object of name to list of values, or of name to an object with the values as names
 * (the form that clients send since 1.22, in which a value of false takes the entry out).
 * @throws EngineError `invalid-argument`: "invalid filter 'name'", "invalid filter 'name=value'", or what is wrong with the JSON.
 */
export function filters<Name extends string>(checks: Readonly<Record<Name, ValueCheck>>): Parameter<Filters<Name>> {
  const isKnown = (name: string): name is Name => Object.hasOwn(checks, name);
  return {
    decode: (values) => {
      const result = new Map<Name, readonly string[]>();
      const written = values[0];
      if (written === undefined || written === "") return result;
      const document = parseJson(written);
      if (document === null) return result;
      if (!isObject(document)) throw malformed("want an object of filters");
      for (const [name, given] of document) {
        if (!isKnown(name)) throw new EngineError("invalid-argument", `invalid filter '${name.slice(0, 80)}'`);
        const wanted = filterValues(name, given);
        const wrong = wanted.find((value) => !checks[name](value));
        if (wrong !== undefined) throw wrongValue(name, checks[name] === switchValue ? `[${wanted.join(" ")}]` : wrong);
        if (wanted.length > 0) result.set(name, wanted);
      }
      return result;
    },
    encode: (value) => {
      if (value.size === 0) return [];
      const names = [...value].map(([name, wanted]) => [name, Object.fromEntries(wanted.map((item) => [item, true]))] as const);
      return [JSON.stringify(Object.fromEntries(names))];
    },
  };
}

function filterValues(name: string, given: JsonValue): readonly string[] {
  if (given === null) return [];
  if (isArray(given)) {
    return given.map((item) => {
      if (typeof item !== "string") throw malformed(`the values of ${name} have to be strings`);
      return item;
    });
  }
  if (!isObject(given)) throw malformed(`want a list of values for ${name}`);
  const wanted: string[] = [];
  for (const [value, isOn] of given) {
    if (typeof isOn !== "boolean") throw malformed(`${name} has to map values to true`);
    if (isOn) wanted.push(value);
  }
  return wanted;
}

function wrongValue(name: string, value: string): EngineError {
  return new EngineError("invalid-argument", `invalid filter '${name}=${value.slice(0, 80)}'`);
}

function malformed(reason: string): EngineError {
  return new EngineError("invalid-argument", `invalid filters: ${reason}`);
}
