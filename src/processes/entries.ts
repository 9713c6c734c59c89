import type { EntriesCommand } from '../lab/capacity/entries-messages.ts';
import { loadEntries } from '../lab/capacity/entry-loader.ts';
import { failure, listenToOwner, sendToOwner } from '../platform/remote/child-side.ts';

// Started on the host whose table is to be filled; stops loading when its owner is gone.
const ownerGone = new AbortController();
listenToOwner<EntriesCommand>(
  ({ traits, first, count }) => {
    loadEntries(traits, first, count, ownerGone.signal).then(
      () => sendToOwner({ type: 'loaded' }),
      (error: unknown) => sendToOwner(failure(error)),
    );
  },
  () => ownerGone.abort(),
);
sendToOwner({ type: 'ready' });
