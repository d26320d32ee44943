package dev.sluice.internal.shm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A directory of shared files for one test, removed behind it.
final class Shared implements AfterEachCallback {
    private SharedDirectory directory;

    /// The directory, made at its first use: by one of several threads, the others get the same.
    synchronized SharedDirectory directory() throws IOException {
        if (directory == null) {
            directory = SharedDirectory.open(SharedDirectory.BASE, "sluice-test-" + UUID.randomUUID());
        }
        return directory;
    }

    String path() {
        return directory.toString();
    }

    /// The name of the space whose directory it is.
    String name() throws IOException {
        String folder =
                java.nio.file.Path.of(directory().toString()).getFileName().toString();
        return folder.substring(0, folder.length() - ".d".length());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (directory != null) {
            directory.removeAll();
            directory.close();
        }
    }

    /// Removes a space that nobody has open any more.
    static void destroy(String address) {
        String name = address.substring(address.indexOf(':') + 1);
        try (SharedDirectory directory = SharedDirectory.open(SharedDirectory.BASE, name)) {
            directory.removeAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An object without content: 64 bytes.
    static final SharedFile.Layout PLAIN = new SharedFile.Layout() {
        @Override
        public long bodyBytes(FileHeader.Limits limits) {
            return 64;
        }

        @Override
        public void initialise(dev.sluice.internal.linux.SharedMapping memory, long body, FileHeader.Limits limits) {
            memory.putLong(body, 42);
        }
    };

    static SharedFile.Request request(int participants) {
        return new SharedFile.Request(FileHeader.Kind.VALUE, participants, new FileHeader.Limits(0, 0, 0, 0));
    }
}
