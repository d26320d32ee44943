package dev.sluice.session;

import dev.sluice.layer.Frames;
import dev.sluice.layer.LayerException;
import dev.sluice.session.SessionConfig.Speech;
import dev.sluice.session.SessionException.End;
import dev.sluice.session.SessionException.Problem;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// What the two sides have agreed on, by their hellos.
///
/// @param version that they speak
/// @param features that both have
/// @param calls that the peer answers at the same time
record Greeting(int version, Set<String> features, int calls) {
    /// Says hello, and hears that of the peer.
    ///
    /// @throws IOException if there is no agreement; the frames have been closed or aborted
    static Greeting exchange(Frames frames, SessionConfig config) throws IOException {
        CallFrame.Hello theirs;
        try {
            theirs = hear(frames, config);
        } catch (IOException | RuntimeException | Error failed) {
            frames.abort();
            throw failed;
        }
        Speech ours = config.speech();
        int version = Math.min(ours.newest(), theirs.speech().newest());
        if (version < ours.oldest() || version < theirs.speech().oldest()) {
            frames.close(); // orderly, so that the peer can read why
            throw failed(
                    frames,
                    Problem.NO_AGREEMENT,
                    "the peer speaks versions " + theirs.speech().oldest() + ".."
                            + theirs.speech().newest() + ", expected one of " + ours.oldest() + ".." + ours.newest());
        }
        Set<String> both = ours.features().stream()
                .filter(theirs.speech().features()::contains)
                .collect(Collectors.toUnmodifiableSet());
        return new Greeting(version, both, theirs.calls());
    }

    private static CallFrame.Hello hear(Frames frames, SessionConfig config) throws IOException {
        var wire = new CallFrame.Wire();
        var heard = new AtomicReference<Optional<CallFrame>>(Optional.empty());
        try {
            boolean inTime = Deadline.after(config.answer()).tryRun(() -> {
                frames.send(new CallFrame.Hello(config.speech(), config.calls()), wire);
                heard.set(frames.receive(wire));
            });
            if (!inTime) {
                throw failed(frames, Problem.NO_ANSWER, "no hello within " + config.answer());
            }
        } catch (LayerException broken) {
            throw new End(Problem.BROKEN_RULES, String.valueOf(broken.getMessage()), broken).of("hello", frames);
        }
        CallFrame first = heard.get()
                .orElseThrow(() -> failed(frames, Problem.ENDED, "the peer ended the connection, expected its hello"));
        if (first instanceof CallFrame.Hello hello) {
            return hello;
        }
        throw failed(frames, Problem.BROKEN_RULES, "kind=" + first.kind() + ", expected a hello");
    }

    private static SessionException failed(Frames frames, Problem problem, String text) {
        return new End(problem, text).of("hello", frames);
    }
}
