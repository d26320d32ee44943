package dev.sluice.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /// `PID (NAME) STATE PARENT GROUP …`; the name may have spaces and parentheses.
    private static final Pattern STAT =
            Pattern.compile(".*\\) (?<state>[A-Za-z]) -?\\d+ (?<group>\\d{1,9}) .*", Pattern.DOTALL);

    private Groups() {}

    private record Question(int group, Consumer<Boolean> answer) {}

    /// Asks whether anybody lives in a group. Where that cannot be found out, for want of `/proc`, of a thread
    /// or of memory, the answer is no: whoever asks kills the group then, to be sure.
    static void ask(int group, Consumer<Boolean> answer) {
        QUESTIONS.add(new Question(group, answer));
        // Pairs with the set in look: who asks sees us looking, and then we see the question, or looks itself.
        if (!LOOKING.compareAndSet(false, true)) {
            return;
        }
        try {
            Launcher.execute(() -> look(Groups::alive));
        } catch (Throwable noThread) {
            log("look for process groups", noThread);
            look(Set::of);
        }
    }

    private static void look(Supplier<Set<Integer>> living) {
        do {
            try {
                answerAll(living);
            } finally {
                LOOKING.set(false);
            }
            // Who has asked since then saw us looking; pairs with the compare-and-set in ask.
        } while (!QUESTIONS.isEmpty() && LOOKING.compareAndSet(false, true));
    }

    private static void answerAll(Supplier<Set<Integer>> living) {
        List<Question> asked = new ArrayList<>();
        for (Question question = QUESTIONS.poll(); question != null; question = QUESTIONS.poll()) {
            asked.add(question);
        }
        Set<Integer> alive = asked.isEmpty() ? Set.of() : living.get();
        for (Question question : asked) {
            try {
                question.answer.accept(alive.contains(question.group));
            } catch (Throwable failed) {
                log("tell of process group " + question.group, failed);
            }
        }
    }

    private static Set<Integer> alive() {
        Set<Integer> groups = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                add(process.resolve("stat"), groups);
            }
        } catch (Throwable unreadable) { // whatever it is, those who have asked wait for an answer
            log("list /proc", unreadable);
        }
        return groups;
    }

    private static void add(Path stat, Set<Integer> groups) {
        try {
            String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
            groupOfLiving(line).ifPresent(groups::add);
        } catch (IOException gone) {
            // It has ended since it was listed.
        }
    }

    /// The group of a process by its line in `/proc/PID/stat`; empty if it is dead, or the line is no such
    /// line.
    static OptionalInt groupOfLiving(String line) {
        Matcher fields = STAT.matcher(line);
        boolean alive = fields.find() && !"ZX".contains(fields.group("state"));
        return alive ? OptionalInt.of(Integer.parseInt(fields.group("group"))) : OptionalInt.empty();
    }

    private static void log(String what, Throwable failed) {
        System.getLogger("dev.sluice").log(System.Logger.Level.DEBUG, what, failed);
    }
}
