package dev.sluice.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that runs in a [Simulation], once for each of several seeds.
///
/// ```java
/// @Simulated(seeds = 200)
/// void nothingIsLost(Simulation simulation) {          // the parameter is optional
///     ...
///     assertThat(simulation.elapsed()).isEqualTo(ofSeconds(3));
/// }
/// ```
///
/// The method itself is the body of the simulation; what JUnit runs before and after it is not. A failure names
/// the seed and the command that runs it again. On the command line, for all such tests:
///
/// | property | meaning |
/// |---|---|
/// | `-Dsluice.seed=17` | this seed only |
/// | `-Dsluice.seeds=10000` | so many seeds, from 0 |
/// | `-Dsluice.command='./gradlew test'` | what messages suggest instead of `mvn test` |
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(SimulatedExtension.class)
public @interface Simulated {
    /// How many seeds, from 0.
    int seeds() default 50;
}
