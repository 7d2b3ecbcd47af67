"""Steps about multipart uploads, appends and copies."""
import os

from context import (BUCKET, BY_PROXY, CONTENT, MIB, PART, REGION, SDK, VERSIONED, body_of, failure, given, head, header,
                     length_of, meta_of, put, status_of)


def initiate(key):
    return SDK.create_multipart_upload(Bucket=BUCKET, Key=key)['UploadId']


def part(key, upload, number, body):
    etag = SDK.upload_part(Bucket=BUCKET, Key=key, Body=body, PartNumber=number, UploadId=upload)['ETag']
    return {'PartNumber': number, 'ETag': etag}


def complete(key, upload, parts):
    return SDK.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload={'Part': parts})


def parts_of(key, upload):
    return SDK.list_parts(Bucket=BUCKET, Key=key, UploadId=upload)


def unfinished(key):
    found = SDK.list_multipart_uploads(Bucket=BUCKET, Prefix=key)
    return [entry['Key'][len(key) + 1:] for entry in found.get('Upload', [])]


def two_parts(key):
    upload = initiate(key)
    return complete(key, upload, [part(key, upload, 1, PART), part(key, upload, 2, CONTENT)])


def multipart(key):
    etag = two_parts(key)['ETag'].strip('"')
    return {'length': length_of(key), 'etagSuffix': etag[-2:], 'ends': body_of(key, Range='bytes=-9')}


def multipart_crc64(key):
    two_parts(key)
    crc = header('x-cos-hash-crc64ecma')
    return {'same': crc == put(key + '/whole', PART + CONTENT)['x-cos-hash-crc64ecma']}


def multipart_parts(key):
    upload = initiate(key)
    sent = [part(key, upload, 1, PART), part(key, upload, 3, CONTENT)]
    found = parts_of(key, upload)['Part']
    return {'parts': [[int(entry['PartNumber']), int(entry['Size']), entry['ETag'] == sent[at]['ETag']]
                      for at, entry in enumerate(found)]}


def multipart_uploads(key):
    for name in 'ba':
        initiate(key + '/' + name)
    return {'keys': unfinished(key)}


def multipart_resume(key):
    upload = initiate(key)
    part(key, upload, 1, PART)
    there = {int(entry['PartNumber']): {'PartNumber': int(entry['PartNumber']), 'ETag': entry['ETag']}
             for entry in parts_of(key, upload)['Part']}
    sent = []
    for number, body in enumerate((PART, CONTENT), 1):
        if number not in there:
            there[number] = part(key, upload, number, body)
            sent.append(number)
    complete(key, upload, [there[number] for number in sorted(there)])
    return {'sent': sent, 'length': length_of(key)}


def multipart_abort(key):
    upload = initiate(key)
    SDK.abort_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload)
    return failure(parts_of, key, upload)


def multipart_small_part(key):
    upload = initiate(key)
    return failure(complete, key, upload, [part(key, upload, 1, CONTENT), part(key, upload, 2, CONTENT)])


def multipart_wrong_etag(key):
    upload = initiate(key)
    part(key, upload, 1, CONTENT)
    return failure(complete, key, upload, [{'PartNumber': 1, 'ETag': '"%s"' % ('0' * 32)}])


def make_file(key):
    content = os.urandom(3 * MIB + 9)
    path = os.path.join(given('SCRATCH'), key)
    with open(path, 'wb') as file:
        file.write(content)
    return path, content


def upload_file(key):
    path, content = make_file(key)
    SDK.upload_file(Bucket=BUCKET, Key=key, LocalFilePath=path, PartSize=1, MAXThread=2)
    SDK.download_file(Bucket=BUCKET, Key=key, DestFilePath=path + '.back', EnableCRC=True)
    with open(path + '.back', 'rb') as file:
        back = file.read()
    return {'length': len(back), 'same': back == content}


def upload_file_resume(key):
    path, content = make_file(key)
    upload = initiate(key)
    part(key, upload, 1, content[:MIB])
    SDK.upload_file(Bucket=BUCKET, Key=key, LocalFilePath=path, PartSize=1, MAXThread=2)
    return {'unfinished': unfinished(key), 'etagSuffix': head(key)['ETag'].strip('"')[-2:]}


def append(key, position, body):
    return SDK.append_object(Bucket=BUCKET, Key=key, Position=position, Data=body)


def append_twice(key):
    positions = [int(append(key, position, body)['x-cos-next-append-position'])
                 for position, body in ((0, CONTENT), (9, b' added'))]
    return {'positions': positions, 'body': body_of(key)}


def append_type(key):
    append(key, 0, CONTENT)
    return {'type': head(key).get('x-cos-object-type')}


def append_wrong_position(key):
    append(key, 0, CONTENT)
    return {'code': failure(append, key, 5, CONTENT)['code']}


def append_normal(key):
    put(key)
    return {'code': failure(append, key, 9, CONTENT)['code']}


def source(key, bucket=BUCKET, **more):
    return {'Bucket': bucket, 'Key': key, 'Region': REGION, **more}


def copy(key, to, **more):
    return SDK.copy_object(Bucket=BUCKET, Key=to, CopySource=source(key), **more)


def copy_plain(key):
    put(key)
    etag = copy(key, key + '-to')['ETag']
    return {'etag': etag, 'body': body_of(key + '-to')}


def copy_odd_key(key):
    put(key + '/中 +%.txt')
    copy(key + '/中 +%.txt', key + '-to')
    return {'body': body_of(key + '-to')}


def copy_keeps_meta(key):
    put(key, Metadata={'x-cos-meta-a': '1'})
    copy(key, key + '-to')
    return {'meta': meta_of(head(key + '-to'))}


def copy_replaces_meta(key):
    put(key, Metadata={'x-cos-meta-a': '1'})
    copy(key, key + '-to', CopyStatus='Replaced', Metadata={'x-cos-meta-b': '2'})
    return {'meta': meta_of(head(key + '-to'))}


def copy_onto_itself(key):
    put(key)
    return failure(copy, key, key)


def copy_condition(key):
    put(key)
    return failure(copy, key, key + '-to', CopySourceIfNoneMatch='"25f9e794323b453885f5181f1b624d0b"')


def copy_part(key):
    put(key + '-from', PART + CONTENT)
    upload = initiate(key)
    parts = []
    for number, wanted in enumerate(('bytes=0-%d' % (MIB - 1), 'bytes=%d-%d' % (MIB + 5, MIB + 7)), 1):
        etag = SDK.upload_part_copy(Bucket=BUCKET, Key=key, PartNumber=number, UploadId=upload,
                                    CopySource=source(key + '-from'), CopySourceRange=wanted)['ETag']
        parts.append({'PartNumber': number, 'ETag': etag})
    complete(key, upload, parts)
    return {'length': length_of(key), 'ends': body_of(key, Range='bytes=-3')}


def copy_file(key):
    put(key, PART + CONTENT)
    BY_PROXY.copy(Bucket=BUCKET, Key=key + '-to', CopySource=source(key), PartSize=1)
    return {'length': length_of(key + '-to'), 'same': body_of(key + '-to').encode() == PART + CONTENT}


def twice(key):
    """Writes `first`, then `second`. Returns their ids."""
    return [SDK.put_object(Bucket=VERSIONED, Key=key + '/k', Body=body)['x-cos-version-id']
            for body in (b'first', b'second')]


def versions_of(key):
    return SDK.list_objects_versions(Bucket=VERSIONED, Prefix=key + '/')


def read(key, **more):
    return body_of(key + '/k', bucket=VERSIONED, **more)


def remove(key, **more):
    return SDK.delete_object(Bucket=VERSIONED, Key=key + '/k', **more)


def versioning_put(key):
    ids = twice(key)
    return {'ids': len([id for id in ids if id]), 'different': ids[0] != ids[1], 'body': read(key)}


def versioning_get(key):
    return {'body': read(key, VersionId=twice(key)[0])}


def versioning_list(key):
    twice(key)
    found = versions_of(key)
    return {'versions': [[entry['Key'][len(key) + 1:], entry['IsLatest'] == 'true', int(entry['Size'])]
                         for entry in found['Version']],
            'markers': len(found.get('DeleteMarker', []))}


def versioning_delete(key):
    twice(key)
    marker = remove(key).get('x-cos-delete-marker')
    after = status_of(SDK.head_object, Bucket=VERSIONED, Key=key + '/k')
    return {'marker': marker, 'after': after, 'markers': len(versions_of(key).get('DeleteMarker', []))}


def versioning_undelete(key):
    SDK.put_object(Bucket=VERSIONED, Key=key + '/k', Body=b'first')
    remove(key, VersionId=remove(key)['x-cos-version-id'])
    return {'body': read(key)}


def versioning_delete_version(key):
    first = twice(key)[0]
    remove(key, VersionId=first)
    left = len(versions_of(key)['Version'])
    return {'left': left, 'code': failure(read, key, VersionId=first)['code']}


def versioning_copy(key):
    first = twice(key)[0]
    SDK.copy_object(Bucket=VERSIONED, Key=key + '/to', CopySource=source(key + '/k', VERSIONED, VersionId=first))
    return {'body': body_of(key + '/to', bucket=VERSIONED)}


STEPS = {
    'multipart': multipart,
    'multipart-crc64': multipart_crc64,
    'multipart-parts': multipart_parts,
    'multipart-uploads': multipart_uploads,
    'multipart-resume': multipart_resume,
    'multipart-abort': multipart_abort,
    'multipart-small-part': multipart_small_part,
    'multipart-wrong-etag': multipart_wrong_etag,
    'upload-file': upload_file,
    'upload-file-resume': upload_file_resume,
    'append': append_twice,
    'append-type': append_type,
    'append-wrong-position': append_wrong_position,
    'append-normal': append_normal,
    'copy': copy_plain,
    'copy-odd-key': copy_odd_key,
    'copy-keeps-meta': copy_keeps_meta,
    'copy-replaces-meta': copy_replaces_meta,
    'copy-missing': lambda key: {'status': failure(copy, key, key + '-to')['status']},
    'copy-onto-itself': copy_onto_itself,
    'copy-condition': copy_condition,
    'copy-part': copy_part,
    'copy-file': copy_file,
    'versioning-state': lambda _: {'status': SDK.get_bucket_versioning(Bucket=VERSIONED)['Status']},
    'versioning-put': versioning_put,
    'versioning-get': versioning_get,
    'versioning-list': versioning_list,
    'versioning-delete': versioning_delete,
    'versioning-undelete': versioning_undelete,
    'versioning-delete-version': versioning_delete_version,
    'versioning-copy': versioning_copy,
}
