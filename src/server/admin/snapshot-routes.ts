/** `snapshot`: the whole state of the server as one file. It holds secrets: for the operator alone. */
import type { SnapshotDesk } from '../snapshot/live-snapshot.ts';
import { AdminError, badRequest, Streamed } from './reply.ts';
import type { Route } from './route.ts';

/** @param desk undefined where nobody knows what stands beside the store */
export function snapshotRoutes(desk: SnapshotDesk | undefined): Route[] {
  return [
    {
      method: 'GET',
      path: 'snapshot',
      who: 'operator',
      async run({ query, body }) {
        body.only();
        if (desk === undefined) throw new AdminError(409, 'NoSnapshots', 'This server cannot make snapshots.');
        const keys = query.get('keys') ?? 'true';
        if (keys !== 'true' && keys !== 'false') throw badRequest('The parameter keys is true or false.');
        const stream = await desk.begin(keys === 'true');
        if (stream !== undefined) return new Streamed(stream);
        throw new AdminError(409, 'SnapshotRunning', 'A snapshot is being made already: try again when it is done.');
      },
    },
  ];
}
