package dev.sluice.internal.shm;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.space.Space;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A space of its own for each test, open here and in a Python.
abstract class PythonPeer {
    final String name = "sluice-test-" + UUID.randomUUID();
    final String address = "shm:" + name;
    Space space;
    Python python;

    @BeforeEach
    final void open() throws IOException {
        space = Space.open(address);
        python = new Python(address);
    }

    @AfterEach
    final void remove() throws Exception {
        python.close();
        space.close();
        Shared.destroy(address);
    }

    static void within(Action<Exception> body) throws Exception {
        Deadline.after(ofSeconds(60)).run(body);
    }

    /// Has the Python do something that has no value.
    final void say(String line) throws IOException {
        say(python, line);
    }

    private static void say(Python python, String line) throws IOException {
        assertThat(python.run(line)).as(line).isEqualTo("ok None");
    }

    /// Has the Python say that something is so.
    final void check(String what, String line) throws IOException {
        assertThat(python.run(line)).as("%s: %s", what, line).isEqualTo("ok True");
    }

    // ---- one end is killed, the other goes on

    /// Looks at what somebody has left who was killed.
    @FunctionalInterface
    interface Survivor {
        void survive(String what) throws Exception;
    }

    /// Begins with an object of a new name.
    @FunctionalInterface
    interface Before {
        Survivor begin(Space survivors, String object) throws Exception;
    }

    /// Lets a Python do something, and be killed before its first step; then another one before its second, and
    /// so on, until one has done all of it.
    ///
    /// @param least how many steps it has at the least
    /// @param life what it does in the space `s`, an expression; `%s` is the name of the object
    /// @param before what comes before, and behind each death
    final void killPythonAtEachStep(int least, String life, Before before) throws Exception {
        int step = 0;
        String answer;
        do {
            step++;
            String object = "of-python-" + step;
            String what = "Python killed at step " + step;
            try (Space survivors = Space.open(address)) {
                Survivor survivor = before.begin(survivors, object);
                answer = python.run("killed(%d, lambda s: %s)".formatted(step, life.replace("%s", object)));
                assertThat(answer).as(what).isIn("ok True", "ok False");
                within(() -> survivor.survive(what));
                survivors.remove(object);
            }
        } while (answer.equals("ok True"));
        assertThat(step).isGreaterThan(least);
    }

    /// What somebody does with what it has opened, until it dies.
    @FunctionalInterface
    interface Life {
        Killed.Body in(Space victim, String object) throws Exception;
    }

    /// The same with a Java.
    final void killJavaAtEachStep(int least, Life life, Before before) throws Exception {
        int step = 0;
        List<String> passed;
        do {
            String object = "of-java-" + step;
            Survivor survivor = before.begin(space, object);
            ShmSpace victim = (ShmSpace) Space.open(address);
            Killed.Body body = life.in(victim, object);
            passed = Killed.before(step, body);
            victim.abandon();
            String what = "Java killed after " + passed;
            within(() -> survivor.survive(what));
            space.remove(object);
            step++;
        } while (passed.size() >= step); // more, where it cleans up behind that
        assertThat(step).isGreaterThan(least);
    }

    /// What goes on while two Pythons, one after the other, are killed at random times, and a Java at random
    /// steps.
    @FunctionalInterface
    interface Meanwhile {
        void goOn(Random random) throws Exception;
    }

    /// @param java from a seed
    /// @param lives what a Python does: first lines, and one without an end; `%s` is a new name each time
    /// @param meanwhile until the next of them is killed
    /// @return how to replay it
    final String killAtRandom(int kills, LongFunction<Doomed> java, List<String> lives, Meanwhile meanwhile) {
        long seed = Long.getLong("sluice.seed", new Random().nextLong());
        String replay = "with -Dsluice.seed=" + seed;
        Doomed doomed = java.apply(seed + 1);
        try {
            killAtRandom(kills, doomed, new Random(seed), lives, meanwhile);
            assertThat(doomed.wrong()).isNull();
            assertThat(doomed.deaths()).isPositive();
        } catch (Exception | AssertionError failed) {
            throw new AssertionError(replay, failed);
        }
        return replay;
    }

    private void killAtRandom(int kills, Doomed java, Random random, List<String> lives, Meanwhile meanwhile)
            throws Exception {
        List<Python> pythons = new ArrayList<>();
        try {
            java.start();
            pythons.add(living("first", lives));
            pythons.add(living("second", lives));
            for (int kill = 0; kill < kills; kill++) {
                within(() -> meanwhile.goOn(random));
                int which = random.nextInt(pythons.size());
                pythons.get(which).close();
                pythons.set(which, living("after" + kill, lives));
            }
            pythons.forEach(Python::kill);
        } finally {
            java.end();
            java.join();
            for (Python each : pythons) {
                each.close();
            }
        }
    }

    private Python living(String who, List<String> lives) throws IOException {
        var made = new Python(address);
        for (String line : lives.subList(0, lives.size() - 1)) {
            say(made, line.replace("%s", who));
        }
        made.begin(lives.getLast().replace("%s", who));
        return made;
    }
}
