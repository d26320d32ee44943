/// Single methods under JMH, for a closer look: `java -jar bench/target/bench.jar`.
@NullMarked
package dev.sluice.bench.micro;

import org.jspecify.annotations.NullMarked;
