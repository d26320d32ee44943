package dev.sluice.internal.shm;

import static dev.sluice.internal.shm.Shared.PLAIN;
import static dev.sluice.internal.shm.Shared.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.shm.SharedFileException.Problem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SharedFileTest {
    @RegisterExtension
    final Shared shared = new Shared();

    private SharedFile open(String name) throws IOException {
        SharedFile file = SharedFile.open(shared.directory(), name, request(8), PLAIN);
        file.join(_ -> () -> {});
        return file;
    }

    private Path pathOf(String name) throws IOException {
        return Path.of(shared.directory().pathOf(name));
    }

    private void make(String name) throws IOException {
        open(name).close();
    }

    private static void refused(Problem problem, ThrowingCallable open) {
        assertThatExceptionOfType(SharedFileException.class)
                .isThrownBy(open)
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem));
    }

    @Test
    void whatOneWritesTheOtherReads() throws IOException {
        try (SharedFile one = open("a");
                SharedFile other = open("a")) {
            assertThat(other.memory().getLong(other.body())).isEqualTo(42);
            one.memory().putLongVolatile(one.body(), 7);
            assertThat(other.memory().getLongVolatile(other.body())).isEqualTo(7);
        }
        assertThat(shared.directory().list()).containsExactly("a");
    }

    @Test
    void aRemovedFileGoesOnForThoseWhoHaveIt() throws IOException {
        try (SharedFile old = open("a")) {
            old.memory().putLong(old.body(), 1);
            assertThat(shared.directory().remove("a")).isTrue();
            assertThat(shared.directory().remove("a")).isFalse();
            try (SharedFile fresh = open("a")) {
                assertThat(fresh.memory().getLong(fresh.body())).isEqualTo(42);
                assertThat(old.memory().getLong(old.body())).isEqualTo(1);
            }
        }
    }

    @Test
    void manyMakersHaveOneWinner() throws Exception {
        int makers = 24;
        SharedDirectory directory = shared.directory();
        Callable<SharedFile> maker = () -> SharedFile.open(directory, "a", request(makers), PLAIN);
        List<SharedFile> files = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(makers)) {
            List<Callable<SharedFile>> all = new ArrayList<>();
            for (int i = 0; i < makers; i++) {
                all.add(maker);
            }
            for (Future<SharedFile> made : threads.invokeAll(all)) {
                files.add(made.get());
            }
        }
        files.getFirst().memory().putLongVolatile(files.getFirst().body(), 5);
        for (SharedFile file : files) {
            file.join(_ -> () -> {});
            assertThat(file.memory().getLongVolatile(file.body())).isEqualTo(5);
        }
        assertThat(files.getFirst().participants().living()).hasSize(makers);
        files.forEach(SharedFile::close);
    }

    @Test
    void refusesALink() throws IOException {
        make("a");
        Files.createSymbolicLink(pathOf("b"), pathOf("a"));
        refused(Problem.NOT_OURS, () -> open("b"));
    }

    @Test
    void refusesWhatOthersMayWrite() throws IOException {
        make("a");
        Files.setPosixFilePermissions(pathOf("a"), PosixFilePermissions.fromString("rw-rw-rw-"));
        refused(Problem.NOT_OURS, () -> open("a"));
    }

    @Test
    void refusesWhatIsNoFile() throws IOException {
        Files.createDirectory(
                pathOf("a"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        refused(Problem.SYSTEM, () -> open("a"));
        Files.delete(pathOf("a"));
    }

    @Test
    void refusesAnotherOwner() {
        CallState state = new CallState();
        int other = Unistd.geteuid(state) + 1;
        var status = new dev.sluice.internal.linux.Files.Status(0100600, other, 0, 0, 1);
        refused(Problem.NOT_OURS, () -> SharedDirectory.requireOurs(state, status, "a"));
    }

    @Test
    void refusesADirectoryThatOthersMayEnter() throws IOException {
        String name = "sluice-test-" + java.util.UUID.randomUUID();
        Path path = SharedDirectory.BASE.resolve(name + ".d");
        Files.createDirectory(path);
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            refused(Problem.NOT_OURS, () -> SharedDirectory.open(SharedDirectory.BASE, name));
            Files.delete(path);
            Files.createSymbolicLink(path, Path.of(shared.directory().toString()));
            refused(Problem.NOT_OURS, () -> SharedDirectory.open(SharedDirectory.BASE, name));
        } finally {
            Files.delete(path);
        }
    }

    @Test
    void refusesADirectoryOnDisk(@TempDir Path disk) {
        refused(Problem.UNSUPPORTED, () -> SharedDirectory.open(disk, "a"));
    }

    @Test
    void refusesTruncatedAndGrownFiles() throws IOException {
        make("a");
        for (long change : new long[] {-10_000, -1, 1, 4096}) {
            try (RandomAccessFile file = new RandomAccessFile(pathOf("a").toFile(), "rw")) {
                file.setLength(Math.max(0, file.length() + change));
            }
            refused(Problem.DAMAGED, () -> open("a"));
            shared.directory().remove("a");
            make("a");
        }
    }

    @Test
    void refusesAFileWithAHole() throws IOException {
        make("a");
        byte[] head = new byte[FileHeader.BYTES];
        long length;
        try (RandomAccessFile file = new RandomAccessFile(pathOf("a").toFile(), "r")) {
            file.readFully(head);
            length = file.length();
        }
        Files.delete(pathOf("a"));
        try (RandomAccessFile file = new RandomAccessFile(pathOf("a").toFile(), "rw")) {
            file.setLength(length);
            Files.setPosixFilePermissions(pathOf("a"), PosixFilePermissions.fromString("rw-------"));
            refused(Problem.DAMAGED, () -> open("a"));
        }
    }

    @Test
    void refusesOtherVersionsKindsAndBoots() throws IOException {
        make("a");
        refused(Problem.MISMATCH, () -> {
            var wanted = new SharedFile.Request(FileHeader.Kind.LOCK, 8, new FileHeader.Limits(0, 0, 0, 0));
            SharedFile.open(shared.directory(), "a", wanted, PLAIN);
        });
        poke(8, 2);
        refused(Problem.VERSION, () -> open("a"));
        poke(8, 1);
        poke(20, 1);
        refused(Problem.VERSION, () -> open("a"));
        poke(20, 0);
        open("a").close();
        var elsewhere = new Identity(java.util.UUID.randomUUID(), 1, 1, 1);
        byte[] head =
                new FileHeader(FileHeader.Kind.VALUE, 1, 1, new FileHeader.Limits(0, 0, 0, 0)).encode(elsewhere, 0);
        refused(Problem.DAMAGED, () -> FileHeader.decode(head, "a", Identity.ofThisProcess()));
    }

    private void poke(long offset, int value) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(pathOf("a").toFile(), "rw")) {
            file.seek(offset);
            file.write(value);
        }
    }

    @Test
    void refusesEveryDamagedHeader() throws IOException {
        make("a");
        for (int offset = 0; offset < 124; offset++) {
            byte before;
            try (RandomAccessFile file = new RandomAccessFile(pathOf("a").toFile(), "rw")) {
                file.seek(offset);
                before = file.readByte();
                file.seek(offset);
                file.writeByte(before ^ 0x41);
            }
            assertThatExceptionOfType(SharedFileException.class)
                    .as("offset %d", offset)
                    .isThrownBy(() -> open("a"));
            poke(offset, before);
        }
        open("a").close();
    }

    @Test
    void refusesRandomFiles() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(5000)];
            random.nextBytes(bytes);
            Files.write(pathOf("a"), bytes);
            Files.setPosixFilePermissions(pathOf("a"), PosixFilePermissions.fromString("rw-------"));
            assertThatExceptionOfType(SharedFileException.class)
                    .as("seed %d", seed)
                    .isThrownBy(() -> open("a"));
        }
    }

    @Test
    void refusesNamesThatLeadElsewhere() {
        for (String name : List.of("", "..", ".a", "a/b", "a b", "ü", "a".repeat(101))) {
            assertThatIllegalArgumentException().isThrownBy(() -> open(name)).withMessageContaining("name=");
        }
    }

    @Test
    void sharedMemoryThatIsFullIsAnErrorBeforeAnythingIsMapped() {
        var huge = new SharedFile.Layout() {
            @Override
            public long bodyBytes(FileHeader.Limits limits) {
                return 1L << 39;
            }

            @Override
            public void initialise(
                    dev.sluice.internal.linux.SharedMapping memory, long body, FileHeader.Limits limits) {
                throw new AssertionError("mapped");
            }
        };
        refused(Problem.NO_ROOM, () -> SharedFile.open(shared.directory(), "a", request(8), huge));
        assertThat(Path.of(shared.path() + "/a")).doesNotExist();
    }
}
