// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of COS look like this
import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import { parseTemplate, renderTemplate, type TemplateFormat, type UploadVariables } from './template.ts';

const variables: UploadVariables = {
  bucket: 'b-1250000000',
  object: 'a&b="1"\n图.png',
  size: 42,
  etag: '0123456789abcdef0123456789abcdef',
  region: 'ap-guangzhou',
  mimeType: 'image/png',
};
const custom = new Map([['x:my_var', 'one two']]);
const render = (text: string, format: TemplateFormat) => renderTemplate(parseTemplate(text), variables, custom, format);

function codeOf(text: string): string | undefined {
  try {
    parseTemplate(text);
  } catch (error) {
    return error instanceof CosError ? error.code : String(error);
  }
  return undefined;
}

describe('renderTemplate', () => {
  it('fills a form so that a parser of forms reads the values', () => {
    const text = render('key=${object}&size=${size}&etag=${etag}&mine=${x:my_var}&none=${x:none}&one=1', 'form');
    expect(Object.fromEntries(new URLSearchParams(text))).toEqual({
      key: variables.object,
      size: '42',
      etag: variables.etag,
      mine: 'one two',
      none: '',
      one: '1',
    });
  });

  it('fills JSON with values', () => {
    const text = render('{"key":${object},"size":${size},"my_var":${x:my_var},"none":${x:none},"n":123}', 'json');
    expect(JSON.parse(text)).toEqual({ key: variables.object, size: 42, my_var: 'one two', none: '', n: 123 });
  });

  it('fills strings of JSON with characters', () => {
    const text = render('{"key":"${object}","all":"<\\"${bucket}/${size}\\">","type":${mimeType}}', 'json');
    expect(JSON.parse(text)).toEqual({ key: variables.object, all: '<"b-1250000000/42">', type: 'image/png' });
  });

  it('leaves text as it is, and does not fill what was filled in', () => {
    expect(render('$ {x} $bucket ${bucket} in ${region}', 'text')).toBe('$ {x} $bucket b-1250000000 in ap-guangzhou');
    const nested = new Map([['x:a', '${bucket}']]);
    expect(renderTemplate(parseTemplate('${x:a}'), variables, nested, 'text')).toBe('${bucket}');
  });

  it('survives half a surrogate pair', () => {
    const broken = new Map([['x:a', 'a\ud800']]);
    expect(renderTemplate(parseTemplate('v=${x:a}'), variables, broken, 'form')).toBe('v=a%EF%BF%BD');
  });
});

describe('parseTemplate', () => {
  it('refuses what it cannot fill', () => {
    expect(codeOf('a=${bucket')).toBe('InvalidArgument');
    expect(codeOf('a=${owner}')).toBe('InvalidArgument');
    expect(codeOf('a=${}')).toBe('InvalidArgument');
    expect(codeOf('a=${x:}')).toBe('InvalidArgument');
    expect(codeOf('a=${toString}')).toBe('InvalidArgument');
    for (const name of ['imageInfo.height', 'exif.DateTime', 'videoInfo.format.duration', 'imageInfo']) {
      expect(codeOf(`a=\${${name}}`)).toBe('NotImplemented');
    }
  });
});
