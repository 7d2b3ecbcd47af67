/** GET ?tagging of a bucket or an object. Source: spec/objects.md §9.1, spec/buckets.md §20. */
import type { WireReply } from '../http/types.ts';
import { xmlElement } from '../http/xml-writer.ts';
import { xmlReply } from './codec.ts';

/** @param tags flat: key, value … */
export function tagSetReply(tags: readonly string[]): WireReply {
  let set = '';
  for (let i = 0; i < tags.length; i += 2) {
    set += `<Tag>${xmlElement('Key', tags[i]!)}${xmlElement('Value', tags[i + 1]!)}</Tag>`;
  }
  return xmlReply(`<Tagging><TagSet>${set}</TagSet></Tagging>`);
}
