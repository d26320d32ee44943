package dev.sluice.net;

import dev.sluice.internal.io.OpenFile;
import dev.sluice.internal.linux.Errno;

/// A piece of a file, sent by the system without a copy through this process.
final class FilePassing extends Passing {
    /// How much is sent in one go: the loop does nothing else meanwhile, which is some 0.1 milliseconds if the
    /// file is in memory.
    static final int MOST = 1 << 18;

    private final OpenFile file;
    private final long position;
    private final int most;

    FilePassing(SocketConnection connection, OpenFile file, long position, long most) {
        super(connection, Kind.WRITABLE);
        this.file = file;
        this.position = position;
        this.most = (int) Math.min(most, MOST);
    }

    @Override
    int pass() {
        int from = file.descriptor();
        return from < 0 ? -Errno.EBADF : connection.passFile(from, position, most);
    }
}
