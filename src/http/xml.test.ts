import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml, XML_CONFIG_BYTES, xmlChild, xmlChildren, xmlExactText, xmlText } from './xml.ts';
import { XML_DECLARATION, xmlElement, xmlWrap } from './xml-writer.ts';

const thrown = (code: string) => expect.objectContaining({ code });
const parse = (text: string) => parseXml(Buffer.from(text));

describe('parseXml', () => {
  it('reads a Delete document with or without declaration, namespace and prefix', () => {
    for (const text of [
      '<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>',
      '\ufeff<?xml version="1.0" encoding="UTF-8"?>\r\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n<Object><Key>a</Key></Object><!-- <x> -->\n<Object>\n<Key>b</Key></Object><Quiet> true </Quiet></Delete>\n',
      '<s:Delete xmlns:s="u"><s:Object><s:Key>a</s:Key></s:Object><s:Object><s:Key>b</s:Key></s:Object><s:Quiet>true</s:Quiet></s:Delete>',
    ]) {
      const root = parseXml(Buffer.from(text), 'Delete');
      expect(xmlText(root, 'Quiet')).toBe('true');
      expect(xmlChildren(root, 'Object').map((object) => xmlText(object, 'Key'))).toEqual(['a', 'b']);
      expect(xmlChild(root, 'Nothing')).toBeUndefined();
      expect(xmlText(root, 'Nothing')).toBeUndefined();
    }
  });

  it('keeps blanks where asked and decodes references once', () => {
    const root = parse('<D><Key>  a&#x20;&amp;lt; &#20013;&#x1;&quot;&apos;&lt;&gt;</Key><Empty/><Blank> </Blank></D>');
    expect(xmlExactText(root, 'Key')).toBe('  a &lt; 中\u0001"\'<>');
    expect(xmlText(root, 'Key')).toBe('a &lt; 中\u0001"\'<>');
    expect(xmlExactText(root, 'Empty')).toBe('');
    expect(xmlExactText(root, 'Blank')).toBe(' ');
  });

  it('takes CDATA as it stands', () => {
    expect(xmlExactText(parse('<D><Key>a<![CDATA[&lt;<b>]]>c</Key></D>'), 'Key')).toBe('a&lt;<b>c');
  });

  it('reads attributes by local name', () => {
    const root = parse('<G xmlns:xsi="i" xmlns="n" xsi:type="Canonical&amp;User"/>');
    expect(root.attributes.get('type')).toBe('Canonical&User');
    expect(root.attributes.has('xmlns')).toBe(false);
  });

  it.each(['constructor', 'hasOwnProperty', '__proto__', 'toString'])('an element named %s changes nothing', (name) => {
    const text = `<D><${name}>x</${name}></D>`;
    if (name !== 'toString' && name !== 'hasOwnProperty') expect(() => parse(text)).toThrow(thrown('MalformedXML'));
    else expect(parse(text).children.map((child) => child.text)).toEqual(['x']);
    expect(String({})).toBe('[object Object]');
  });

  it.each([
    'x',
    ' ',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a/>text',
    '<a/>&amp;',
    'text<a/>',
    '<a><b></a></b>',
    '</a>',
    '<a b=c/>',
    '<a>&nbsp;</a>',
    '<a>& </a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>&#x110000;</a>',
    '<a>&#xzz;</a>',
    '<a>&#;</a>',
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<a><!-- </a>',
    '<a><![CDATA[ </a>',
    '<![CDATA[x]]><a/>',
    '<Tagging><TagSet>',
  ])('refuses %s', (text) => expect(() => parse(text)).toThrow(thrown('MalformedXML')));

  it('refuses another root, bytes that are not UTF-8, and an empty body', () => {
    expect(() => parseXml(Buffer.from('<a/>'), 'b')).toThrow(thrown('MalformedXML'));
    expect(() => parseXml(Buffer.from('<a/>'), ['b', 'c'])).toThrow(thrown('MalformedXML'));
    expect(parseXml(Buffer.from('<a/>'), ['b', 'a']).name).toBe('a');
    expect(() => parseXml(Buffer.from([60, 97, 62, 0xff, 60, 47, 97, 62]))).toThrow(thrown('MalformedXML'));
    expect(() => parseXml(Buffer.alloc(0))).toThrow(thrown('MissingRequestBodyError'));
  });

  it('bounds size, elements and depth', () => {
    const spaces = Buffer.from(`<a>${' '.repeat(XML_CONFIG_BYTES)}</a>`);
    expect(() => parseXml(spaces)).toThrow(thrown('XMLSizeLimit'));
    expect(parseXml(spaces, 'a', { maxBytes: spaces.length }).name).toBe('a');
    const many = Buffer.from(`<a>${'<b/>'.repeat(10)}</a>`);
    expect(() => parseXml(many, 'a', { maxElements: 10 })).toThrow(thrown('MalformedXML'));
    expect(parseXml(many, 'a', { maxElements: 11 }).children).toHaveLength(10);
    const deep = (n: number) => Buffer.from('<a>'.repeat(n) + '</a>'.repeat(n));
    expect(parseXml(deep(32), 'a').name).toBe('a');
    expect(() => parseXml(deep(33), 'a')).toThrow(thrown('MalformedXML'));
    expect(() => parseXml(deep(8_000), 'a')).toThrow(thrown('MalformedXML'));
  });

  it('reads back any key the writer wrote', () => {
    const text = fc.string({ unit: 'binary' }).filter((s) => Buffer.from(s).toString() === s && !s.includes('\u0000'));
    fc.assert(
      fc.property(text, (key) => {
        const root = parse(XML_DECLARATION + xmlWrap('R', xmlElement('Key', key), [['id', key]]));
        expect(xmlExactText(root, 'Key')).toBe(key);
        expect(root.attributes.get('id')).toBe(key);
      }),
      { numRuns: 300 },
    );
  });

  it('throws nothing but its own errors on any markup', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      'b',
      '&',
      ';',
      '#',
      'x',
      '!',
      '-',
      '[',
      ']',
      '?',
      '"',
      '=',
      ' ',
      '<a>',
      '</a>',
      '<!--',
      '-->',
      '<?',
      '?>',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), (pieces) => {
        try {
          parse(pieces.join(''));
        } catch (error) {
          expect(error).toEqual(thrown('MalformedXML'));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
