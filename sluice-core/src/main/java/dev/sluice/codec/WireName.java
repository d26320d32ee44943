package dev.sluice.codec;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a component of a record, a record of a sealed interface, or a constant of an enum is called on the
/// wire. Without it, it is called as in Java: give the old name to what you rename.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE, ElementType.FIELD})
public @interface WireName {
    /// The name.
    String value();
}
