/// What processes of one machine share through memory: files in `/dev/shm` that survive `kill -9` of whoever
/// uses them.
///
/// One file is one object. It is made unseen and appears whole ([dev.sluice.internal.shm.SharedFile]). Whoever
/// uses it has an entry in its table of participants and holds the lock of that entry's byte, which the kernel
/// takes away when the process dies ([dev.sluice.internal.shm.Participants]): no death is decided by a timeout.
/// Each word that somebody owns names its owner, in the same atomic step that takes it, so that what the dead
/// held is found and given back. Who waits sleeps at a word of the file ([dev.sluice.internal.shm.WaitPoint]).
///
/// Start reading at [dev.sluice.internal.shm.Ring]: the queue.
@NullMarked
package dev.sluice.internal.shm;

import org.jspecify.annotations.NullMarked;
