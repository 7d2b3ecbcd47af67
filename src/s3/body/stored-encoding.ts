/** What is stored of a Content-Encoding: the framing of the request is none of the content. Source: spec/s3.md §5.1. */

/** @returns undefined where nothing is left */
export function storedEncoding(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const codings = value.split(',').map((coding) => coding.trim());
  const left = codings.filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked');
  return left.length === 0 ? undefined : left.join(',');
}
