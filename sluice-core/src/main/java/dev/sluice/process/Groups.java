package dev.sluice.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Finds out in which process groups somebody lives.
///
/// `kill(2)` cannot tell: it counts the dead, too, until their parent has waited for them, and where process 1
/// is no init, nobody ever does for orphans. So all processes are looked at, on a thread that may block, and
/// for all who have asked by then.
///
/// Threads: `ask` any; answers come on another thread.
final class Groups {
    private static final ConcurrentLinkedQueue<Question> QUESTIONS = new ConcurrentLinkedQueue<>();
    private static final AtomicBoolean LOOKING = new AtomicBoolean(); // one winner looks; pairs with itself

    // The fields of /proc/PID/stat behind the name.
    private static final int STATE = 0;
    private static final int GROUP = 2;

    private Groups() {}

    private record Question(int group, Consumer<Boolean> answer) {}

    /// Asks whether anybody lives in a group.
    static void ask(int group, Consumer<Boolean> answer) {
        QUESTIONS.add(new Question(group, answer));
        // Pairs with the set in look: who asks sees us looking, and then we see the question, or looks itself.
        if (LOOKING.compareAndSet(false, true)) {
            Launcher.execute(Groups::look);
        }
    }

    private static void look() {
        do {
            try {
                answerAll();
            } finally {
                LOOKING.set(false);
            }
            // Who has asked since then saw us looking; pairs with the compare-and-set in ask.
        } while (!QUESTIONS.isEmpty() && LOOKING.compareAndSet(false, true));
    }

    private static void answerAll() {
        List<Question> asked = new ArrayList<>();
        for (Question question = QUESTIONS.poll(); question != null; question = QUESTIONS.poll()) {
            asked.add(question);
        }
        Set<Integer> alive = asked.isEmpty() ? Set.of() : alive();
        asked.forEach(question -> question.answer.accept(alive.contains(question.group)));
    }

    /// Empty where there is no `/proc`: whoever asks kills the group then, to be sure.
    private static Set<Integer> alive() {
        Set<Integer> groups = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                add(process.resolve("stat"), groups);
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            System.getLogger("dev.sluice").log(System.Logger.Level.DEBUG, "list /proc", unreadable);
        }
        return groups;
    }

    private static void add(Path stat, Set<Integer> groups) {
        String line;
        try {
            line = Files.readString(stat, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return; // it has ended since it was listed
        }
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        boolean dead = fields[STATE].equals("Z") || fields[STATE].equals("X");
        if (!dead) {
            groups.add(Integer.valueOf(fields[GROUP]));
        }
    }
}
