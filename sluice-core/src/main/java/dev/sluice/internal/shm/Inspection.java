package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What is in the files of a space, for people who look: without taking part, and without changing anything.
///
/// Each answer is a reading; others go on meanwhile.
///
/// Threads: any.
public final class Inspection {
    private static final String SUFFIX = ".d";

    private Inspection() {}

    /// Who uses an object.
    ///
    /// @param process its number, in its own namespace
    /// @param program its name
    public record User(int process, String program) {}

    /// Those who use an object.
    ///
    /// @param living who has it open
    /// @param dead who died with it open, and was not swept yet
    public record Users(List<User> living, List<User> dead) {}

    /// One object.
    ///
    /// @param kind as in `read write lock`; empty if it cannot be used
    /// @param bytes of memory that its file has
    /// @param state what is in it, in a few words; why it cannot be used, if it cannot
    public record Seen(String name, String kind, long bytes, Users users, String state) {
        /// Whether it can be opened.
        public boolean isUsable() {
            return !kind.isEmpty();
        }
    }

    /// The names of the spaces on this machine that are the caller's.
    public static List<String> spaces() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> entries = Files.list(SharedDirectory.BASE)) {
            for (Path entry : entries.sorted().toList()) {
                String file = entry.getFileName().toString();
                if (file.endsWith(SUFFIX) && Files.isReadable(entry) && Files.isDirectory(entry)) {
                    names.add(file.substring(0, file.length() - SUFFIX.length()));
                }
            }
        }
        return names;
    }

    /// Whether there is such a space.
    public static boolean exists(String space) {
        SharedDirectory.requireName(space);
        return Files.isDirectory(SharedDirectory.BASE.resolve(space + SUFFIX));
    }

    /// Whether there is something of a name in a space, be it of use or not.
    public static boolean exists(String space, String object) {
        SharedDirectory.requireName(object);
        return Files.exists(SharedDirectory.BASE.resolve(space + SUFFIX).resolve(object), LinkOption.NOFOLLOW_LINKS);
    }

    /// What is in a space, by name.
    ///
    /// @throws SharedFileException if the space is none of ours
    public static List<Seen> look(String space) throws IOException {
        List<Seen> seen = new ArrayList<>();
        try (SharedDirectory directory = SharedDirectory.open(SharedDirectory.BASE, space)) {
            for (String name : directory.list()) {
                look(directory, name).ifPresent(seen::add);
            }
        }
        return seen;
    }

    private static Optional<Seen> look(SharedDirectory directory, String name) throws IOException {
        Path path = Path.of(directory.pathOf(name));
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty(); // it has gone meanwhile
        }
        var nobody = new Users(List.of(), List.of());
        SharedFile file;
        try {
            file = SharedFile.openToLook(directory, name);
        } catch (SharedFileException | IllegalArgumentException refused) {
            return Optional.of(new Seen(name, "", 0, nobody, String.valueOf(refused.getMessage())));
        }
        long bytes = file.header().totalBytes();
        try {
            Participants all = file.participants();
            Users users = new Users(users(all.living()), users(all.unswept()));
            String kind = file.header().kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            return Optional.of(new Seen(
                    name, kind, bytes, users, state(file, !users.living().isEmpty())));
        } catch (IndexOutOfBoundsException | IllegalArgumentException damaged) {
            return Optional.of(new Seen(name, "", bytes, nobody, "damaged: " + damaged.getMessage()));
        } finally {
            file.abandon();
        }
    }

    /// A program may be named as it likes, and a file be damaged: neither shall reach a terminal.
    private static List<User> users(List<Participants.Entry> entries) {
        return entries.stream()
                .map(entry -> new User(entry.pid(), entry.name().replaceAll("\\p{Cntrl}", "?")))
                .toList();
    }

    /// @param used whether anybody lives who could be waiting
    private static String state(SharedFile file, boolean used) {
        SharedMapping memory = file.memory();
        long word = memory.getLongVolatile(file.body()); // pairs with the compare-and-sets of the object's word
        return switch (file.header().kind()) {
            case QUEUE -> queue(file, used);
            case COUNTER -> Long.toString(word);
            case EVENT -> (word & 1) == 0 ? "not set" : "set";
            case LOCK -> (word & (1L << Participants.STAMP_BITS) - 1) == 0 ? "free" : "held";
            case VALUE -> "version " + (word >>> Participants.STAMP_BITS);
            case ARRAY -> file.header().limits().p0() + " numbers";
            case SEMAPHORE -> file.header().limits().p0() + " permits";
            case PIPE, TOPIC, NAMESPACE, BARRIER, CONDITION, READ_WRITE_LOCK, RANKS -> "";
        };
    }

    private static String queue(SharedFile file, boolean used) {
        SharedMapping memory = file.memory();
        long body = file.body();
        QueueOptions options = QueueOptions.of(file.header().limits());
        var slots = new Slots(file, body + SharedQueue.TAKEN, body + SharedQueue.SLOTS, options.shape());
        Slots.Census items = slots.census(Clock.system().nanoTime());
        List<String> words = new ArrayList<>();
        words.add(items.waiting() + " of " + options.capacity() + " waiting");
        count(words, items.leased(), "leased");
        count(words, items.delayed(), "delayed");
        count(words, items.poisoned(), "for the dead letters");
        count(words, items.claimed(), "being put");
        // Pairs with the compare-and-sets in WaitPoint; what it says may be over by now, and stays when a wait ends
        // because its time is over or its process has died.
        if (used && WaitPoint.isWaitedFor(memory.getIntVolatile(body + SharedQueue.NOT_EMPTY))) {
            words.add("takers wait");
        }
        if (used && WaitPoint.isWaitedFor(memory.getIntVolatile(body + SharedQueue.NOT_FULL))) { // pairs with the same
            words.add("putters wait");
        }
        if (memory.getLongVolatile(body + SharedQueue.FINISHED) != 0) { // pairs with that in SharedQueue.finish
            words.add("finished");
        }
        return String.join(", ", words);
    }

    private static void count(List<String> words, int number, String what) {
        if (number > 0) {
            words.add(number + " " + what);
        }
    }

    /// Takes a space and all that is in it away. Who has it open may go on with what it has.
    public static void remove(String space) throws IOException {
        try (SharedDirectory directory = SharedDirectory.open(SharedDirectory.BASE, space)) {
            directory.removeAll();
        }
    }
}
