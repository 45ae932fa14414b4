import { z } from 'zod';

const secrets = z.registry<{ readonly secret: true }>();

/** A text in a plugin's configuration that must never be shown: the host masks it in logs, errors, journals and pages. */
export function secret(): z.ZodString {
  return z.string().min(1).register(secrets, { secret: true });
}

/**
 * Collects the values of all secret fields of a configuration, so that the host can mask them.
 *
 * @param schema the plugin's configuration schema
 * @param value the configuration as parsed
 */
export function secretsIn(schema: z.core.$ZodType, value: unknown): string[] {
  // `get`, not `has`: `secret().max(9)` is a new schema that only inherits the mark.
  if (secrets.get(schema) !== undefined) return typeof value === 'string' ? [value] : [];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return secretsIn(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodReadonly) return secretsIn(schema.unwrap(), value);
  if (schema instanceof z.ZodPipe) return secretsIn(schema.in, value);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => secretsIn(option, value));
  if (value === null || typeof value !== 'object') return [];
  if (schema instanceof z.ZodObject) {
    const fields = new Map<string, unknown>(Object.entries(value));
    return Object.entries<z.core.$ZodType>(schema.shape).flatMap(([key, field]) => secretsIn(field, fields.get(key)));
  }
  if (schema instanceof z.ZodRecord)
    return Object.values(value).flatMap((member) => secretsIn(schema.valueType, member));
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.flatMap((member) => secretsIn(schema.element, member));
  return [];
}
