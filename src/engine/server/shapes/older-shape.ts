/** A reply in the shape that an older version had. */
export class OlderShape {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}
