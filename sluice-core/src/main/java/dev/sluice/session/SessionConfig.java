package dev.sluice.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/// What one side of a [Session] says of itself, and its bounds.
///
/// @param speech what it says in its hello
/// @param calls of the peer that may be unanswered at the same time, 1 to 1 048 576; of its own calls there are
///     as many at most, and no more than the peer allows
/// @param keepAlive how long nothing may come before the peer is asked whether it is there; zero: it never is
/// @param answer how long the peer may take to answer that, or to say hello; above zero
/// @param idle how long a session may be without calls before this side ends it; zero: for ever
public record SessionConfig(Speech speech, int calls, Duration keepAlive, Duration answer, Duration idle) {
    private static final int MOST_CALLS = 1 << 20;
    private static final SessionConfig DEFAULTS = new SessionConfig(
            new Speech(1, 1, Set.of()), 256, Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ZERO);

    /// Which versions of the program's own protocol one side speaks, and what it can do beyond.
    ///
    /// The session speaks the newest version that both sides do, and those features that both have.
    ///
    /// @param oldest version that it speaks, 0 or more
    /// @param newest version that it speaks, `oldest` or more
    /// @param features up to 255, with names of 1 to 255 bytes in UTF-8
    public record Speech(int oldest, int newest, Set<String> features) {
        static final int MOST = 255;

        public Speech {
            features = Set.copyOf(features);
            if (oldest < 0 || newest < oldest) {
                throw new IllegalArgumentException(
                        "session: versions " + oldest + ".." + newest + ", expected 0 or more, the oldest first");
            }
            if (features.size() > MOST) {
                throw new IllegalArgumentException(
                        "session: features=" + features.size() + ", expected at most " + MOST);
            }
            for (String feature : features) {
                int length = feature.getBytes(StandardCharsets.UTF_8).length;
                if (length < 1 || length > MOST) {
                    throw new IllegalArgumentException(
                            "session: feature '" + feature + "' of " + length + " bytes, expected 1.." + MOST);
                }
            }
        }
    }

    public SessionConfig {
        if (calls < 1 || calls > MOST_CALLS) {
            throw new IllegalArgumentException("session: calls=" + calls + ", expected 1.." + MOST_CALLS);
        }
        if (keepAlive.isNegative() || idle.isNegative() || !answer.isPositive()) {
            throw new IllegalArgumentException("session: keepAlive=" + keepAlive + " answer=" + answer + " idle=" + idle
                    + ", expected no negative time, and more than 0 to answer");
        }
    }

    /// Version 1 without features, 256 calls at the same time, a question after 30 seconds of silence, 10
    /// seconds for the answer, and no end for want of calls.
    public static SessionConfig defaults() {
        return DEFAULTS;
    }

    /// With other versions of the program's protocol; see [Speech].
    public SessionConfig withVersions(int oldest, int newest) {
        return new SessionConfig(new Speech(oldest, newest, speech.features), calls, keepAlive, answer, idle);
    }

    /// With these features, and no others.
    public SessionConfig withFeatures(String... names) {
        return new SessionConfig(
                new Speech(speech.oldest, speech.newest, Set.of(names)), calls, keepAlive, answer, idle);
    }

    public SessionConfig withCalls(int value) {
        return new SessionConfig(speech, value, keepAlive, answer, idle);
    }

    public SessionConfig withKeepAlive(Duration value) {
        return new SessionConfig(speech, calls, value, answer, idle);
    }

    public SessionConfig withAnswer(Duration value) {
        return new SessionConfig(speech, calls, keepAlive, value, idle);
    }

    public SessionConfig withIdle(Duration value) {
        return new SessionConfig(speech, calls, keepAlive, answer, value);
    }
}
