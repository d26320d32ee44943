/// Small whole programs; each is run by a test, and the guide shows them as they are.
@NullMarked
package dev.sluice.examples;

import org.jspecify.annotations.NullMarked;
