package dev.sluice.space;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;

/// Finds who knows an address.
final class Providers {
    private Providers() {}

    static Space open(String address) {
        int colon = address.indexOf(':');
        String scheme = colon < 0 ? address : address.substring(0, colon);
        var known = new TreeSet<String>();
        try {
            for (SpaceProvider provider : ServiceLoader.load(SpaceProvider.class, Space.class.getClassLoader())) {
                if (provider.scheme().equals(scheme) && colon >= 0) {
                    return provider.open(address.substring(colon + 1));
                }
                known.add(provider.scheme() + ":");
            }
        } catch (ServiceConfigurationError broken) {
            throw new SpaceException(
                    SpaceException.Problem.UNAVAILABLE, "open space " + address + ": " + broken.getMessage(), broken);
        }
        throw new IllegalArgumentException(
                "open space " + address + ": scheme=" + scheme + ", expected one of " + known + " and a name");
    }
}
