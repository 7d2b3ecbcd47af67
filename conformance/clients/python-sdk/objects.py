"""Steps about objects, keys, lists, ranges and conditions."""
from urllib.parse import quote

from context import (APPID, BUCKET, KEYS, REGION, SDK, body_of, failure, head, header, keys_under,
                     length_of, meta_of, put, status, status_of)

SEVEN = ['k%d' % number for number in range(1, 8)]
ETAG = '"25f9e794323b453885f5181f1b624d0b"'


def put_replaces(key):
    put(key, b'first', Metadata={'x-cos-meta-a': '1'})
    put(key, b'second', Metadata={'x-cos-meta-b': '2'})
    return {'body': body_of(key), 'meta': meta_of(head(key))}


def put_empty(key):
    etag = put(key, b'')['ETag']
    return {'etag': etag, 'length': length_of(key)}


def put_stream(key):
    put(key, (b's' * 1000 for _ in range(300)))
    return {'length': length_of(key)}


def put_storage_class(key):
    put(key, StorageClass='STANDARD_IA')
    return {'storageClass': head(key).get('x-cos-storage-class')}


def get_body(key):
    put(key)
    return {'body': body_of(key), 'length': int(header('Content-Length'))}


def get_response_headers(key):
    put(key)
    body_of(key, ResponseContentType='text/x-asked', ResponseContentDisposition='attachment; filename="asked.txt"')
    return {'type': header('Content-Type'), 'disposition': header('Content-Disposition')}


def head_fields(key):
    put(key, ContentType='text/plain')
    found = head(key)
    return {'length': int(found['Content-Length']), 'type': found['Content-Type'], 'etag': found['ETag'],
            'crc64': found.get('x-cos-hash-crc64ecma')}


def delete(key):
    put(key)
    SDK.delete_object(Bucket=BUCKET, Key=key)
    return {'status': status(), 'after': status_of(head, key)}


def delete_missing(key):
    SDK.delete_object(Bucket=BUCKET, Key=key)
    return {'status': status()}


def delete_many(quiet):
    def step(key):
        for name in 'ab':
            put(key + '/' + name)
        objects = {'Quiet': 'true' if quiet else 'false',
                   'Object': [{'Key': key + '/' + name} for name in ('a', 'b', 'missing')]}
        answer = SDK.delete_objects(Bucket=BUCKET, Delete=objects) or {}
        deleted = sorted(entry['Key'][len(key) + 1:] for entry in answer.get('Deleted', []))
        return {'deleted': deleted, 'left': keys_under(key + '/')}
    return step


def error_request_id(key):
    failure(body_of, key)
    return {'requestId': bool(header('x-cos-request-id'))}


def headers_kept(key):
    put(key, CacheControl='max-age=60', ContentDisposition='inline; filename="kept.txt"', ContentLanguage='de',
        Expires='Wed, 21 Oct 2037 07:28:00 GMT')
    found = head(key)
    return {'cacheControl': found.get('Cache-Control'), 'disposition': found.get('Content-Disposition'),
            'language': found.get('Content-Language'), 'expires': found.get('Expires')}


def meta(key):
    put(key, Metadata={'x-cos-meta-One': '1', 'x-cos-meta-two-words': 'a b'})
    return {'meta': meta_of(head(key))}


def meta_utf8(key):
    put(key, Metadata={'x-cos-meta-name': quote('中文')})
    return {'meta': meta_of(head(key))}


def odd_key(name):
    def step(key):
        put(key + '/' + name)
        return {'body': body_of(key + '/' + name), 'listed': keys_under(key + '/')}
    return step


def fill(key, names):
    for name in names:
        put(key + '/' + name)


def list_prefix(key):
    fill(key, ['é', 'a/b', 'a', 'B'])
    return {'keys': keys_under(key + '/')}


def list_prefix_blank(key):
    fill(key, [' x+y', ' xzy'])
    found = SDK.list_objects(Bucket=BUCKET, Prefix=key + '/ x+')
    return {'keys': [entry['Key'][len(key) + 1:] for entry in found.get('Contents', [])]}


def list_fields(key):
    fill(key, ['a'])
    found = SDK.list_objects(Bucket=BUCKET, Prefix=key + '/')['Contents'][0]
    return {'size': int(found['Size']), 'etag': found['ETag'], 'storageClass': found['StorageClass']}


def list_delimiter(key):
    fill(key, ['a', 'd/1', 'd/2', 'e/1', 'z'])
    found = SDK.list_objects(Bucket=BUCKET, Prefix=key + '/', Delimiter='/')
    return {'keys': [entry['Key'][len(key) + 1:] for entry in found['Contents']],
            'prefixes': [entry['Prefix'][len(key) + 1:] for entry in found['CommonPrefixes']]}


def list_pages(key):
    fill(key, SEVEN)
    pages, truncated, marker = [], [], ''
    while not truncated or (truncated[-1] and len(pages) < 7):
        page = SDK.list_objects(Bucket=BUCKET, Prefix=key + '/', MaxKeys=3, Marker=marker)
        pages.append([entry['Key'][len(key) + 1:] for entry in page['Contents']])
        truncated.append(page['IsTruncated'] == 'true')
        marker = page.get('NextMarker', '')
    return {'pages': pages, 'truncated': truncated}


def list_marker(key):
    fill(key, ['k1', 'k2', 'k3'])
    found = SDK.list_objects(Bucket=BUCKET, Prefix=key + '/', Marker=key + '/k2')
    return {'keys': [entry['Key'][len(key) + 1:] for entry in found['Contents']]}


def list_encoding(key):
    fill(key, ['a 中'])
    found = SDK.list_objects(Bucket=BUCKET, Prefix=key + '/', EncodingType='url')
    return {'encoded': found['Contents'][0]['Key'][-len('a%20%E4%B8%AD'):]}


def ranged(wanted):
    def step(key):
        put(key)
        return {'body': body_of(key, Range=wanted), 'status': status(), 'range': header('Content-Range')}
    return step


def after_put(step):
    def run(key):
        put(key)
        return step(key)
    return run


def if_modified_since_false(key):
    put(key)
    since = head(key)['Last-Modified']
    return {'status': status_of(head_if, key, IfModifiedSince=since)}


def head_if(key, **conditions):
    try:
        SDK.get_object(Bucket=BUCKET, Key=key, **conditions)
    except OSError:  # the SDK makes no body of an answer without one, as a 304 is
        if status() != 304:
            raise


MISSING = 'nobody-has-this-' + APPID


def bucket_location(_key):
    return {'isRegion': SDK.get_bucket_location(Bucket=BUCKET)['LocationConstraint'] == REGION}


def bucket_list(_key):
    return {'listed': any(entry['Name'] == BUCKET for entry in SDK.list_buckets()['Buckets']['Bucket'])}


STEPS = {
    'put-etag': lambda key: {'etag': put(key)['ETag']},
    'put-crc64': lambda key: {'crc64': put(key)['x-cos-hash-crc64ecma']},
    'put-empty': put_empty,
    'put-replaces': put_replaces,
    'put-stream': put_stream,
    'put-wrong-md5': lambda key: failure(put, key, ContentMD5='CY9rzUYh03PK3k6DJie09g=='),
    'put-storage-class': put_storage_class,
    'get-body': get_body,
    'get-missing': lambda key: failure(body_of, key),
    'get-response-headers': get_response_headers,
    'head-fields': head_fields,
    'head-missing': lambda key: {'status': status_of(head, key)},
    'delete': delete,
    'delete-missing': delete_missing,
    'delete-many': delete_many(False),
    'delete-many-quiet': delete_many(True),
    'error-request-id': error_request_id,
    'headers-kept': headers_kept,
    'meta': meta,
    'meta-utf8': meta_utf8,
    'list-prefix': list_prefix,
    'list-prefix-blank': list_prefix_blank,
    'list-fields': list_fields,
    'list-delimiter': list_delimiter,
    'list-pages': list_pages,
    'list-marker': list_marker,
    'list-encoding': list_encoding,
    'range-middle': ranged('bytes=2-4'),
    'range-open': ranged('bytes=6-'),
    'range-suffix': ranged('bytes=-3'),
    'range-clipped': ranged('bytes=7-100'),
    'range-outside': after_put(lambda key: failure(body_of, key, Range='bytes=20-30')),
    'if-match-false': after_put(lambda key: failure(body_of, key, IfMatch='"%s"' % ('0' * 32))),
    'if-match-true': after_put(lambda key: {'status': status_of(body_of, key, IfMatch=ETAG)}),
    'if-none-match-false': after_put(lambda key: {'status': status_of(head_if, key, IfNoneMatch=ETAG)}),
    'if-modified-since-false': if_modified_since_false,
    'if-unmodified-since-false': after_put(
        lambda key: failure(body_of, key, IfUnmodifiedSince='Wed, 21 Oct 2015 07:28:00 GMT')),
    'bucket-head': lambda _: {'status': status_of(SDK.head_bucket, Bucket=BUCKET)},
    'bucket-head-missing': lambda _: {'status': status_of(SDK.head_bucket, Bucket=MISSING)},
    'bucket-missing': lambda _: failure(SDK.list_objects, Bucket=MISSING),
    'bucket-location': bucket_location,
    'bucket-list': bucket_list,
    'bucket-delete-full': after_put(lambda _: failure(SDK.delete_bucket, Bucket=BUCKET)),
    'bucket-create-again': lambda _: failure(SDK.create_bucket, Bucket=BUCKET),
}
STEPS.update({case: odd_key(name) for case, name in KEYS.items()})
