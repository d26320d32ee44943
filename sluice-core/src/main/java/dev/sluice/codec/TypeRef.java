package dev.sluice.codec;

import java.util.List;

/// A Java type with its arguments: `Map<String, List<Order>>`. An array has its component's type as argument.
record TypeRef(Class<?> raw, List<TypeRef> arguments) {
    static TypeRef of(Class<?> raw, TypeRef... arguments) {
        return new TypeRef(raw, List.of(arguments));
    }

    TypeRef argument(int index) {
        return arguments.get(index);
    }

    @Override
    public String toString() {
        if (raw.isArray()) {
            return arguments.getFirst() + "[]";
        }
        String name = raw.getSimpleName().isEmpty() ? raw.getName() : raw.getSimpleName();
        return arguments.isEmpty() ? name : name + "<" + String.join(", ", names()) + ">";
    }

    private List<String> names() {
        return arguments.stream().map(TypeRef::toString).toList();
    }
}
