/// Virtual time, seeded order and the contract suites that every implementation passes.
@NullMarked
package dev.sluice.testing;

import org.jspecify.annotations.NullMarked;
