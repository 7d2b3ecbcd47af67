/** What is done to signatures: to bytes, to fields, to escapes, to times, to lists, to keys. */
import type { Random } from '../crash/random.ts';
import type { Form, Ground } from './forms.ts';

export interface Mutation {
  readonly name: string;
  readonly apply: (text: string, random: Random) => string;
}

const at = (text: string, random: Random) => random.between(0, Math.max(0, text.length - 1));
const splice = (text: string, from: number, to: number, insert = '') => text.slice(0, from) + insert + text.slice(to);
const byte = (random: Random) => String.fromCharCode(random.between(0, 255));
const PRINTABLE = 'abcdef0123456789ABCXYZ&=;%+-_.~ /:,\'"?#';
const printable = (random: Random) => random.pick([...PRINTABLE]);

const BYTES: readonly Mutation[] = [
  {
    name: 'bit flipped',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i + 1, String.fromCharCode((text.charCodeAt(i) ^ (1 << random.between(0, 7))) & 0xff));
    },
  },
  {
    name: 'byte replaced',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i + 1, printable(random));
    },
  },
  {
    name: 'byte deleted',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i + 1);
    },
  },
  {
    name: 'byte inserted',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i, random.next() < 0.5 ? byte(random) : printable(random));
    },
  },
  {
    name: 'byte doubled',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i, text.charAt(i));
    },
  },
  {
    name: 'bytes exchanged',
    apply: (text, random) => {
      const i = at(text, random);
      const j = at(text, random);
      const [low, high] = i < j ? [i, j] : [j, i];
      return `${text.slice(0, low)}${text.charAt(high)}${text.slice(low + 1, high)}${low === high ? '' : text.charAt(low)}${text.slice(high + 1)}`;
    },
  },
  { name: 'cut at the end', apply: (text, random) => text.slice(0, at(text, random)) },
  { name: 'cut at the start', apply: (text, random) => text.slice(at(text, random)) },
  {
    name: 'a stretch deleted',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i + random.between(1, 40));
    },
  },
  {
    name: 'a stretch repeated',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i, text.slice(i, i + random.between(1, 60)));
    },
  },
  { name: 'repeated as a whole', apply: (text) => `${text}&${text}` },
  { name: 'capitals', apply: (text) => text.toUpperCase() },
  { name: 'long', apply: (text, random) => text + printable(random).repeat(random.between(100, 20_000)) },
];

const fieldsOf = (text: string) => text.split('&');
const onField = (change: (fields: string[], i: number, random: Random) => void) => (text: string, random: Random) => {
  const fields = fieldsOf(text);
  change(fields, random.between(0, fields.length - 1), random);
  return fields.join('&');
};
const onValue = (change: (value: string, random: Random, name: string) => string) =>
  onField((fields, i, random) => {
    const [name = '', ...rest] = fields[i]!.split('=');
    fields[i] = `${name}=${change(rest.join('='), random, name)}`;
  });

const FIELDS: readonly Mutation[] = [
  { name: 'field deleted', apply: onField((fields, i) => void fields.splice(i, 1)) },
  {
    name: 'field doubled',
    apply: onField((fields, i, random) => void fields.splice(random.between(0, fields.length), 0, fields[i]!)),
  },
  {
    name: 'field doubled with another value',
    apply: onField(
      (fields, i, random) =>
        void fields.splice(random.between(0, fields.length), 0, `${fields[i]}${printable(random)}`),
    ),
  },
  {
    name: 'fields exchanged',
    apply: onField((fields, i, random) => void fields.push(...fields.splice(Math.min(i, random.between(0, i)), 1))),
  },
  { name: 'field emptied', apply: onValue(() => '') },
  {
    name: 'field added',
    apply: onField(
      (fields, i, random) => void fields.splice(i, 0, `${printable(random)}${printable(random)}=${printable(random)}`),
    ),
  },
  {
    name: 'name of a field changed',
    apply: onField((fields, i, random) => {
      fields[i] = fields[i]!.replace('=', `${printable(random)}=`);
    }),
  },
  {
    name: 'values of fields exchanged',
    apply: (text, random) => {
      const pairs = fieldsOf(text).map((field) => field.split(/=(.*)/s));
      const [i, j] = [random.between(0, pairs.length - 1), random.between(0, pairs.length - 1)];
      const value = pairs[i]![1] ?? '';
      pairs[i]![1] = pairs[j]![1] ?? '';
      pairs[j]![1] = value;
      return pairs.map(([name, of]) => `${name}=${of ?? ''}`).join('&');
    },
  },
];

const ESCAPES: readonly Mutation[] = [
  {
    name: 'byte escaped',
    apply: (text, random) => {
      const i = at(text, random);
      const hex = (text.charCodeAt(i) & 0xff).toString(16).padStart(2, '0');
      return splice(text, i, i + 1, `%${random.next() < 0.5 ? hex : hex.toUpperCase()}`);
    },
  },
  {
    name: 'bad escape',
    apply: (text, random) =>
      splice(
        text,
        at(text, random),
        0,
        random.pick(['%', '%0', '%zz', '%ff', '%c0%af', '%00', '%u0041', '%ed%a0%80']),
      ).replace(/^$/, '%'),
  },
  { name: 'escape opened', apply: (text) => text.replace(/%3B/i, ';').replace(/%2F/i, '/') },
  { name: 'escaped twice', apply: (text) => text.replaceAll('%', '%25') },
  { name: 'digits of escapes in lower case', apply: (text) => text.replace(/%../g, (hex) => hex.toLowerCase()) },
];

const TIMES: readonly Mutation[] = [
  {
    name: 'digit of a time changed',
    apply: (text, random) =>
      text.replace(/1[67]\d{8}/g, (time) => {
        const i = random.between(0, 9);
        return random.next() < 0.5 ? splice(time, i, i + 1, String(random.between(0, 9))) : time;
      }),
  },
  {
    name: 'time prolonged',
    apply: (text) => text.replace(/(1[67]\d{8})(?=&|$|")/g, (time) => String(Number(time) + 86_400)),
  },
  {
    name: 'zero before a time',
    apply: (text, random) => text.replace(random.next() < 0.5 ? /=(1[67]\d{8})/ : /=(1[67]\d{8})/g, '=0$1'),
  },
  { name: 'times exchanged', apply: (text) => text.replace(/(1[67]\d{8})(;|%3B)(1[67]\d{8})/, '$3$2$1') },
  { name: 'endless time', apply: (text) => text.replace(/(;|%3B)1[67]\d{8}/g, '$199999999999999') },
  {
    name: 'strange number',
    apply: (text, random) =>
      text.replace(/1[67]\d{8}/, random.pick(['1e9', '-1', '0x10', ' 1700000000', 'NaN', '١٧٠٠', '9'.repeat(400)])),
  },
];

const LIST = /((?:q-header-list|q-url-param-list)=)([^&]*)/;
const onList = (change: (names: string[], random: Random) => void) => (text: string, random: Random) =>
  text.replace(
    random.next() < 0.5 ? LIST : new RegExp(`${LIST.source}(?!.*list=)`),
    (_, name: string, list: string) => {
      const mark = /%3B/i.test(list) ? '%3B' : ';';
      const names = list === '' ? [] : list.split(mark);
      change(names, random);
      return name + names.join(mark);
    },
  );

const LISTS: readonly Mutation[] = [
  {
    name: 'name listed besides',
    apply: onList(
      (names, random) =>
        void names.splice(
          random.between(0, names.length),
          0,
          random.pick(['x', 'host', 'authorization', 'range', 'x-cos-acl', 'sign', 'constructor', '__proto__', '']),
        ),
    ),
  },
  {
    name: 'name no longer listed',
    apply: onList((names, random) => void names.splice(random.between(0, Math.max(0, names.length - 1)), 1)),
  },
  { name: 'listed names reversed', apply: onList((names) => void names.reverse()) },
  { name: 'listed names doubled', apply: onList((names) => void names.push(...names)) },
  { name: 'lists emptied', apply: (text) => text.replace(new RegExp(LIST, 'g'), '$1') },
  {
    name: 'a thousand names listed',
    apply: onList(
      (names, random) => void names.push(...Array.from({ length: random.between(900, 1_100) }, (_, i) => `h${i}`)),
    ),
  },
];

/** Mutations of signatures in general, and those that need to know the keys. */
export function mutationsFor({ other, session, pair }: Ground): readonly Mutation[] {
  const ids = [other.secretId, session.secretId, pair.secretId, 'AKIDnobody', '', '__proto__', 'x'.repeat(200)];
  return [
    ...BYTES,
    ...FIELDS,
    ...ESCAPES,
    ...TIMES,
    ...LISTS,
    {
      name: 'another SecretId',
      apply: (text, random) => text.replace(/(q-ak=|&k=|"q-ak":")[^&"]*/, `$1${random.pick(ids)}`),
    },
    {
      name: 'another algorithm',
      apply: (text, random) => text.replace('=sha1', `=${random.pick(['sha256', 'SHA1', 'none', '', 'md5', 'sha1 '])}`),
    },
    {
      name: 'random signature',
      apply: (text, random) => text.replace(/q-signature=[^&]*/, () => `q-signature=${hex(random)}`),
    },
    { name: 'signature of zeros', apply: (text) => text.replace(/q-signature=[^&]*/, `q-signature=${'0'.repeat(40)}`) },
    {
      name: 'digit of the signature changed',
      apply: (text, random) =>
        text.replace(/(q-signature=)([^&]*)/, (_, name: string, signature: string) => {
          const i = at(signature, random);
          return name + splice(signature, i, i + 1, random.pick([...'0123456789abcdef']));
        }),
    },
    {
      name: 'signature in capitals',
      apply: (text) =>
        text.replace(/(q-signature=)([^&]*)/, (_, name: string, signature: string) => name + signature.toUpperCase()),
    },
    {
      name: 'of another service',
      apply: (text, random) => random.pick(['AWS4-HMAC-SHA256 ', 'AWS ', 'Bearer ', 'Basic ', ' ', '&']) + text,
    },
    {
      name: 'nothing left',
      apply: (_, random) => random.pick(['', ' ', '&', '=', 'q-', '%', '\t', '&&&&', 'sign', '0']),
    },
  ];
}

/** One mutation, or several on top of each other; now and then on a text that another key signed. */
export function mutate(
  form: Form,
  mutations: readonly Mutation[],
  random: Random,
): { readonly text: string; readonly names: string[] } {
  if (random.next() < 0.01) return { text: form.forged, names: ['signed with the SecretKey of another pair'] };
  let text = form.text;
  const names: string[] = [];
  const count = random.weighted({ '1': 6, '2': 2, '3': 1, '4': 1 });
  for (let i = 0; i < Number(count); i++) {
    const mutation = random.pick(mutations);
    text = mutation.apply(text, random);
    names.push(mutation.name);
  }
  return { text, names };
}

function hex(random: Random): string {
  let out = '';
  while (out.length < 40) out += random.between(0, 15).toString(16);
  return out;
}
