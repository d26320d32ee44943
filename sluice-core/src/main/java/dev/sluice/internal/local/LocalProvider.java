package dev.sluice.internal.local;

import dev.sluice.space.Space;
import dev.sluice.space.SpaceProvider;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Opens `local:` spaces, and knows those with names.
///
/// Threads: any.
public final class LocalProvider implements SpaceProvider {
    private static final ConcurrentMap<String, Realm> NAMED = new ConcurrentHashMap<>();

    @Override
    public String scheme() {
        return "local";
    }

    @Override
    public Space open(String place) {
        if (place.isEmpty()) {
            return new LocalSpace(new Realm(""));
        }
        Realm.requireName("open space local:" + place, place);
        while (true) {
            Realm realm = NAMED.computeIfAbsent(place, Realm::new);
            if (realm.enter()) {
                return new LocalSpace(realm);
            }
            NAMED.remove(place, realm); // its last opening is being closed right now
        }
    }

    /// Nobody has it open any more.
    static void forget(Realm realm) {
        NAMED.remove(realm.name(), realm);
    }
}
