import { blobStoreSuite } from '../conformance/blob-store-suite.ts';
import { metaStoreSuite } from '../conformance/meta-store-suite.ts';
import { openMemoryStore } from './index.ts';

metaStoreSuite('memory', async () => openMemoryStore(), { runs: 100 });
blobStoreSuite('memory', async () => openMemoryStore(), { runs: 50 });
