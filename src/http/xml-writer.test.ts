import { describe, expect, it } from 'vitest';
import { renderErrorXml } from './error-xml.ts';
import { escapeXml, xmlElement, xmlOptional, xmlWrap } from './xml-writer.ts';

describe('escapeXml', () => {
  it('gives plain text back and escapes the rest', () => {
    expect(escapeXml("a/b'中\n\t")).toBe("a/b'中\n\t");
    expect(escapeXml('<a & "b">\r\u0001')).toBe('&lt;a &amp; &quot;b&quot;&gt;&#xD;&#x1;');
    expect(escapeXml('\uffff')).toBe('&#xFFFF;');
  });
});

describe('elements', () => {
  it('writes flat documents', () => {
    expect(xmlElement('Key', 'a&b')).toBe('<Key>a&amp;b</Key>');
    expect(xmlElement('Size', 3) + xmlElement('IsTruncated', false)).toBe(
      '<Size>3</Size><IsTruncated>false</IsTruncated>',
    );
    expect(xmlOptional('Marker', undefined)).toBe('');
    expect(xmlOptional('Marker', '')).toBe('<Marker></Marker>');
    expect(xmlWrap('R', '<x/>', [['xmlns', 'a"b']])).toBe('<R xmlns="a&quot;b"><x/></R>');
  });
});

describe('renderErrorXml', () => {
  it('has the order and the form of the service', () => {
    const document = renderErrorXml({
      code: 'AccessDenied',
      message: 'Request has expired',
      elements: [['ServerTime', '2019-04-09T03:39:20Z']],
      resource: 'demo-1.cos.ap-beijing.myqcloud.com/<1>.png',
      requestId: 'NWNh',
      traceId: 'OGVm',
    });
    expect(document).toBe(
      [
        "<?xml version='1.0' encoding='utf-8' ?>",
        '<Error>',
        '\t<Code>AccessDenied</Code>',
        '\t<Message>Request has expired</Message>',
        '\t<ServerTime>2019-04-09T03:39:20Z</ServerTime>',
        '\t<Resource>demo-1.cos.ap-beijing.myqcloud.com/&lt;1&gt;.png</Resource>',
        '\t<RequestId>NWNh</RequestId>',
        '\t<TraceId>OGVm</TraceId>',
        '</Error>',
        '',
      ].join('\n'),
    );
  });

  it('never leaves Resource empty', () => {
    const document = renderErrorXml({ code: 'C', message: 'm', resource: '', requestId: 'r', traceId: 't' });
    expect(document).toContain('\t<Resource>/</Resource>\n');
  });
});
