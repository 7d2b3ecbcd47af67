/** Elements of requests that are told again: compact, in their order, values untouched. */
import { malformedXml, type XmlElement, xmlText } from '../http/xml.ts';
import { xmlElement, xmlWrap } from '../http/xml-writer.ts';

export function xmlOf(element: XmlElement): string {
  if (element.children.length === 0) return xmlElement(element.name, element.text);
  return xmlWrap(element.name, element.children.map(xmlOf).join(''));
}

/** @returns undefined where it is absent or empty */
export function optional(element: XmlElement, name: string): string | undefined {
  const text = xmlText(element, name);
  return text === '' ? undefined : text;
}

/** @throws CosError MalformedXML */
export function required(element: XmlElement, name: string): string {
  const text = optional(element, name);
  if (text === undefined) throw malformedXml(`${element.name} needs ${name}.`);
  return text;
}

/** `true` or `false`, in any case. @throws CosError MalformedXML */
export function flag(element: XmlElement, name: string, fallback: boolean): boolean {
  const text = optional(element, name)?.toLowerCase();
  if (text === undefined) return fallback;
  if (text !== 'true' && text !== 'false') throw malformedXml(`${name} must be true or false.`);
  return text === 'true';
}

/** @throws CosError MalformedXML */
export function oneOf<T extends string>(element: XmlElement, name: string, values: readonly T[]): T | undefined {
  const text = optional(element, name);
  if (text === undefined) return undefined;
  const known = values.find((value) => value.toLowerCase() === text.toLowerCase());
  if (known === undefined) throw malformedXml(`${name} must be one of ${values.join(', ')}.`);
  return known;
}

/** A whole number. @throws CosError MalformedXML */
export function whole(element: XmlElement, name: string, least: number, most: number): number | undefined {
  const text = optional(element, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text) || value < least || value > most) {
    throw malformedXml(`${name} must be a number from ${least} to ${most}.`);
  }
  return value;
}
