/** One field of a message in protobuf's wire format: its number, and a number or bytes. */
interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** Reads the fields of a protobuf message, which says nothing of their names. */
export class Fields {
  private readonly fields: readonly Field[];

  constructor(bytes: Uint8Array) {
    this.fields = [...read(bytes)];
  }

  /** All messages in a field, in their order. */
  messages(number: number): Fields[] {
    return this.bytes(number).map((bytes) => new Fields(bytes));
  }

  /** All byte strings in a field. */
  bytes(number: number): Uint8Array[] {
    return this.fields.flatMap((field) =>
      field.number === number && field.value instanceof Uint8Array ? field.value : [],
    );
  }

  /** A text; undefined when it is not there. */
  text(number: number): string | undefined {
    const [bytes] = this.bytes(number);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** Bytes as hexadecimal digits, empty when they are not there. */
  hex(number: number): string {
    return Buffer.from(this.bytes(number)[0] ?? []).toString('hex');
  }

  /** A number; undefined when it is not there, which means 0. */
  integer(number: number): bigint | undefined {
    const found = this.fields.find((field) => field.number === number);
    return typeof found?.value === 'bigint' ? found.value : undefined;
  }
}

function* read(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, type] = [tag >> 3, tag & 7];
    if (type === 0) yield { number, value: varint() };
    else if (type === 2) {
      const length = Number(varint());
      yield { number, value: bytes.subarray(at, (at += length)) };
    } else if (type === 1) yield { number, value: view.getBigUint64((at += 8) - 8, true) };
    else if (type === 5) yield { number, value: BigInt(view.getUint32((at += 4) - 4, true)) };
    else throw new Error(`a field of type ${type} is no protobuf of today`);
  }
}
