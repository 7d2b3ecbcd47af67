"""Parts, signatures, buckets and their settings."""
import json
import os
import uuid

from context import (
    APPID, BUCKET, CONTENT, MIB, S3, SCRATCH, body_of, client_for, failure, failure_status, given, head, put, raw, seen,
    url_of)


def begin(key):
    return {'Bucket': BUCKET, 'Key': key, 'UploadId': S3.create_multipart_upload(Bucket=BUCKET, Key=key)['UploadId']}


def complete(upload, etags):
    parts = [{'PartNumber': number, 'ETag': etag} for number, etag in enumerate(etags, 1)]
    return S3.complete_multipart_upload(**upload, MultipartUpload={'Parts': parts})['ETag']


def multipart(case):
    upload = begin(case)
    bodies = [b'p' * (5 * MIB), CONTENT]
    etags = [S3.upload_part(**upload, PartNumber=number, Body=body)['ETag'] for number, body in enumerate(bodies, 1)]
    listed = S3.list_parts(**upload)['Parts']
    etag = complete(upload, etags)
    return {'etagSuffix': etag.strip('"')[-2:], 'length': head(case)['ContentLength'],
            'parts': [part['Size'] for part in listed]}


def multipart_copy(case):
    put(case + '/from')
    upload = begin(case + '/to')
    source = {'Bucket': BUCKET, 'Key': case + '/from'}
    copied = S3.upload_part_copy(**upload, PartNumber=1, CopySource=source, CopySourceRange='bytes=2-4')
    complete(upload, [copied['CopyPartResult']['ETag']])
    return {'body': body_of(case + '/to')}


def open_uploads(prefix):
    return len(S3.list_multipart_uploads(Bucket=BUCKET, Prefix=prefix).get('Uploads', []))


def multipart_abort(case):
    upload = begin(case)
    before = open_uploads(case)
    S3.abort_multipart_upload(**upload)
    return {'before': before, 'after': open_uploads(case)}


def upload_file(case):
    content = os.urandom(12 * MIB)
    path = os.path.join(SCRATCH, case)
    with open(path, 'wb') as file:
        file.write(content)
    S3.upload_file(path, BUCKET, case)
    S3.download_file(BUCKET, case, path + '.back')
    with open(path + '.back', 'rb') as file:
        return {'same': file.read() == content}


def signed(method, key):
    return S3.generate_presigned_url(method, Params={'Bucket': BUCKET, 'Key': key}, ExpiresIn=300)


def presigned_get(case):
    put(case)
    return seen(raw(signed('get_object', case)), 'status', 'body')


def presigned_put(case):
    status = raw(signed('put_object', case), 'PUT', b'by url', {'Content-Type': ''})['status']
    return {'status': status, 'body': body_of(case)}


def presigned_tampered(case):
    put(case)
    return seen(raw(signed('get_object', case).replace('Signature=', 'Signature=0', 1)), 'status', 'code')


def post_form(case):
    form = S3.generate_presigned_post(BUCKET, case, ExpiresIn=300)
    limit = uuid.uuid4().hex
    fields = [('Content-Disposition: form-data; name="%s"' % name, value.encode()) for name, value in form['fields'].items()]
    fields.append(('Content-Disposition: form-data; name="file"; filename="f"', CONTENT))
    parts = [b'--%s\r\n%s\r\n\r\n%s\r\n' % (limit.encode(), head_line.encode(), value) for head_line, value in fields]
    body = b''.join(parts) + b'--%s--\r\n' % limit.encode()
    answer = raw(form['url'], 'POST', body, {'Content-Type': 'multipart/form-data; boundary=' + limit})
    return {'status': answer['status'], 'body': body_of(case)}


def unsigned(case):
    put(case)
    return seen(raw(url_of(case)), 'status', 'code')


def refused(secret_id, secret_key):
    return failure(client_for(secret_id, secret_key).list_objects_v2, Bucket=BUCKET)


def acl(case):
    put(case)
    S3.put_object_acl(Bucket=BUCKET, Key=case, ACL='public-read')
    return seen(raw(url_of(case)), 'status', 'body')


def tags_of(key):
    return {tag['Key']: tag['Value'] for tag in S3.get_object_tagging(Bucket=BUCKET, Key=key)['TagSet']}


def tagging(case):
    put(case)
    tags = [{'Key': 'a', 'Value': '1'}, {'Key': 'b', 'Value': '2'}]
    S3.put_object_tagging(Bucket=BUCKET, Key=case, Tagging={'TagSet': tags})
    before = tags_of(case)
    S3.delete_object_tagging(Bucket=BUCKET, Key=case)
    return {'tags': before, 'after': tags_of(case)}


def policy(case):
    put(case)
    statement = {'Effect': 'Allow', 'Principal': '*', 'Action': 's3:GetObject',
                 'Resource': 'arn:aws:s3:::%s/%s' % (BUCKET, case)}
    S3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({'Version': '2012-10-17', 'Statement': [statement]}))
    status = raw(url_of(case))['status']
    S3.delete_bucket_policy(Bucket=BUCKET)
    return {'status': status, 'after': raw(url_of(case))['status']}


def bucket_list(_case):
    return {'listed': any(bucket['Name'] == BUCKET for bucket in S3.list_buckets()['Buckets'])}


def bucket_head(_case):
    there = S3.head_bucket(Bucket=BUCKET)['ResponseMetadata']['HTTPStatusCode']
    return {'there': there, 'missing': failure_status(S3.head_bucket, Bucket='nobody-has-it-' + APPID)}


def bucket_life(case):
    bucket = 'conf-life-%s-%s' % (uuid.uuid4().hex[:6], APPID)
    S3.create_bucket(Bucket=bucket)
    put(case, bucket=bucket)
    full = failure(S3.delete_bucket, Bucket=bucket)['code']
    S3.delete_object(Bucket=bucket, Key=case)
    S3.delete_bucket(Bucket=bucket)
    return {'full': full, 'after': failure_status(S3.head_bucket, Bucket=bucket)}


def lifecycle(_case):
    rule = {'ID': 'old', 'Status': 'Enabled', 'Filter': {'Prefix': 'logs/'}, 'Expiration': {'Days': 7}}
    S3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={'Rules': [rule]})
    back = S3.get_bucket_lifecycle_configuration(Bucket=BUCKET)['Rules'][0]
    return {'id': back['ID'], 'status': back['Status'], 'prefix': back['Filter']['Prefix'],
            'days': back['Expiration']['Days']}


def cors(_case):
    rule = {'AllowedOrigins': ['https://example.com'], 'AllowedMethods': ['GET', 'PUT']}
    S3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={'CORSRules': [rule]})
    back = S3.get_bucket_cors(Bucket=BUCKET)['CORSRules'][0]
    return {'origins': back['AllowedOrigins'], 'methods': back['AllowedMethods']}


STEPS = {
    's3-multipart': multipart,
    's3-multipart-copy': multipart_copy,
    's3-multipart-abort': multipart_abort,
    's3-upload-file': upload_file,
    's3-presigned-get': presigned_get,
    's3-presigned-put': presigned_put,
    's3-presigned-tampered': presigned_tampered,
    's3-post-form': post_form,
    's3-unsigned': unsigned,
    's3-wrong-secret': lambda _case: refused(given('SECRET_ID'), 'x' * 32),
    's3-unknown-id': lambda _case: refused('AKID' + 'x' * 32, 'x' * 32),
    's3-acl': acl,
    's3-tagging': tagging,
    's3-policy': policy,
    's3-bucket-list': bucket_list,
    's3-bucket-head': bucket_head,
    's3-bucket-life': bucket_life,
    's3-bucket-location': lambda _case: {'location': S3.get_bucket_location(Bucket=BUCKET)['LocationConstraint']},
    's3-lifecycle': lifecycle,
    's3-cors': cors,
}
