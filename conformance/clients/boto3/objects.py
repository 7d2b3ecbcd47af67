"""Objects, their lists, copies and versions."""
from context import BUCKET, CONTENT, KEYS, S3, VERSIONED, body_of, failure, failure_status, head, keys_under, put


class Pieces:
    """A body that is read in pieces."""

    def __init__(self, length):
        self.length = length
        self.position = 0

    def read(self, amount=-1):
        amount = self.length - self.position if amount is None or amount < 0 else min(amount, self.length - self.position)
        self.position += amount
        return b's' * amount

    def seek(self, position, whence=0):
        self.position = position + (0, self.position, self.length)[whence]
        return self.position

    def tell(self):
        return self.position


def put_stream(case):
    put(case, Pieces(300000))
    return {'length': head(case)['ContentLength']}


def put_empty(case):
    put(case, b'')
    return {'length': head(case)['ContentLength']}


def checksum(case):
    put(case)
    return {'crc32': head(case, ChecksumMode='ENABLED').get('ChecksumCRC32', '')}


def put_if_none_match(case):
    put(case, b'first')
    refused = failure(put, case, IfNoneMatch='*')
    return {**refused, 'body': body_of(case)}


def get(case):
    put(case, ContentType='text/plain')
    answer = S3.get_object(Bucket=BUCKET, Key=case)
    return {'body': answer['Body'].read().decode(), 'type': answer['ContentType']}


def byte_range(case):
    put(case)
    answer = S3.get_object(Bucket=BUCKET, Key=case, Range='bytes=2-4')
    return {'status': answer['ResponseMetadata']['HTTPStatusCode'], 'body': answer['Body'].read().decode()}


def not_modified(case):
    etag = put(case)['ETag']
    return {'status': failure_status(S3.get_object, Bucket=BUCKET, Key=case, IfNoneMatch=etag)}


def meta(case):
    put(case, Metadata={'One': '1', 'two-words': 'a b'})
    return {'meta': head(case)['Metadata']}


def headers(case):
    put(case, CacheControl='max-age=60', ContentDisposition='inline; filename="kept.txt"', ContentLanguage='de')
    answer = head(case)
    return {'cacheControl': answer['CacheControl'], 'disposition': answer['ContentDisposition'],
            'language': answer['ContentLanguage']}


def storage_class(case):
    put(case, StorageClass='STANDARD_IA')
    return {'storageClass': head(case)['StorageClass']}


def odd_keys(case):
    keys = list(KEYS.values())
    read = 0
    for key in keys:
        put(case + '/' + key)
        read += body_of(case + '/' + key) == CONTENT.decode()
    names = keys_under(case + '/')
    return {'read': read, 'listed': sum(key in names for key in keys)}


def several(case, names):
    for name in names:
        put(case + '/' + name)


def list_v2(case):
    several(case, ['a', 'b', 'd/x', 'd/y'])
    prefix = case + '/'
    answer = S3.list_objects_v2(Bucket=BUCKET, Prefix=prefix, Delimiter='/')
    return {'keys': [entry['Key'][len(prefix):] for entry in answer['Contents']],
            'prefixes': [entry['Prefix'][len(prefix):] for entry in answer['CommonPrefixes']]}


def list_pages(case):
    several(case, '1234567')
    pages = S3.get_paginator('list_objects_v2').paginate(
        Bucket=BUCKET, Prefix=case + '/', PaginationConfig={'PageSize': 3})
    return {'pages': [page['KeyCount'] for page in pages]}


def list_v1(case):
    several(case, 'abcd')
    answer = S3.list_objects(Bucket=BUCKET, Prefix=case + '/', Marker=case + '/b')
    return {'keys': [entry['Key'][len(case) + 1:] for entry in answer['Contents']]}


def delete(case):
    put(case)
    S3.delete_object(Bucket=BUCKET, Key=case)
    return {'after': failure_status(head, case)}


def delete_many(case):
    several(case, 'ab')
    objects = [{'Key': '%s/%s' % (case, name)} for name in ('a', 'b', 'missing')]
    answer = S3.delete_objects(Bucket=BUCKET, Delete={'Objects': objects})
    deleted = sorted(entry['Key'][len(case) + 1:] for entry in answer['Deleted'])
    return {'deleted': deleted, 'left': keys_under(case + '/')}


def copied(case, source, **more):
    """A copy by the client's own transfers, which ask for the source first."""
    S3.copy({'Bucket': BUCKET, 'Key': source}, BUCKET, case + '/to', ExtraArgs=more)
    return head(case + '/to')


def copy(case):
    put(case + '/from', Metadata={'one': '1'})
    answer = copied(case, case + '/from')
    return {'etag': answer['ETag'], 'meta': answer['Metadata']}


def copy_replaces(case):
    put(case + '/from', Metadata={'one': '1'})
    return {'meta': copied(case, case + '/from', MetadataDirective='REPLACE', Metadata={'two': '2'})['Metadata']}


def copy_odd_key(case):
    key = case + '/a+b c%20/中'
    put(key)
    copied(case, key)
    return {'body': body_of(case + '/to')}


def sse(case):
    put(case, ServerSideEncryption='AES256')
    return {'encryption': head(case)['ServerSideEncryption']}


def sse_c(case):
    key = {'SSECustomerAlgorithm': 'AES256', 'SSECustomerKey': b'\x07' * 32}
    put(case, **key)
    return {'body': body_of(case, **key), 'without': failure_status(body_of, case)}


def versions(case):
    for body in (b'one', b'two'):
        put(case, body, bucket=VERSIONED)
    entries = S3.list_object_versions(Bucket=VERSIONED, Prefix=case)['Versions']
    return {'bodies': [body_of(case, bucket=VERSIONED, VersionId=entry['VersionId']) for entry in entries],
            'latest': [entry['IsLatest'] for entry in entries]}


def delete_marker(case):
    put(case, bucket=VERSIONED)
    answer = S3.delete_object(Bucket=VERSIONED, Key=case)
    between = failure_status(body_of, case, bucket=VERSIONED)
    S3.delete_object(Bucket=VERSIONED, Key=case, VersionId=answer['VersionId'])
    return {'marker': answer['DeleteMarker'], 'between': between, 'body': body_of(case, bucket=VERSIONED)}


STEPS = {
    's3-put': lambda case: {'etag': put(case)['ETag']},
    's3-put-stream': put_stream,
    's3-put-empty': put_empty,
    's3-checksum': checksum,
    's3-put-if-none-match': put_if_none_match,
    's3-get': get,
    's3-get-missing': lambda case: failure(body_of, case),
    's3-head-missing': lambda case: {'status': failure_status(head, case)},
    's3-range': byte_range,
    's3-not-modified': not_modified,
    's3-meta': meta,
    's3-headers': headers,
    's3-storage-class': storage_class,
    's3-keys': odd_keys,
    's3-list': list_v2,
    's3-list-pages': list_pages,
    's3-list-v1': list_v1,
    's3-delete': delete,
    's3-delete-many': delete_many,
    's3-copy': copy,
    's3-copy-replaces': copy_replaces,
    's3-copy-odd-key': copy_odd_key,
    's3-sse': sse,
    's3-sse-c': sse_c,
    's3-versions': versions,
    's3-delete-marker': delete_marker,
}
