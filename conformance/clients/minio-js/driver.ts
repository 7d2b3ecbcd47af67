/** Driver of minio-js. */
import { drive } from '../javascript/drive.ts';
import { features } from './features.ts';
import { objects } from './objects.ts';

const no = 'the client has no call for it';
const hidden = 'the client does not show it';
const LEFT_OUT: Readonly<Record<string, string>> = {
  's3-checksum': 'the client sends no checksum of itself',
  's3-not-modified': no,
  's3-list-pages': hidden,
  's3-list-v1': hidden,
  's3-delete-many': hidden,
  's3-multipart': hidden,
  's3-multipart-copy': hidden,
  's3-sse-c': 'the client sends such keys by https alone',
  's3-bucket-location': hidden,
  's3-cors': no,
};

await drive(undefined, { ...objects, ...features }, LEFT_OUT);
// The client leaves answers unread, and so connections open.
process.exit(0);
