/// The suite `map`: `./sluice map` beside GNU parallel and xargs, as whole programs.
@NullMarked
package dev.sluice.bench.map;

import org.jspecify.annotations.NullMarked;
