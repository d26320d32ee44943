package dev.sluice.testing;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/// Runs the methods marked [Simulated], one invocation for each seed. Public for JUnit only.
public final class SimulatedExtension implements TestTemplateInvocationContextProvider {
    /// For JUnit.
    public SimulatedExtension() {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), Simulated.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        int usual = AnnotationSupport.findAnnotation(method, Simulated.class)
                .map(Simulated::seeds)
                .orElseThrow();
        String test = context.getRequiredTestClass().getName() + "#" + method.getName();
        return Seeds.of(usual).mapToObj(seed -> new Invocation(seed, Seeds.command(test, seed)));
    }

    /// One seed.
    private record Invocation(long seed, String again) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return "seed " + seed;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new Run(Simulation.seed(seed).repeatedBy(again)));
        }
    }

    /// Runs the method in its simulation.
    private record Run(Simulation simulation) implements InvocationInterceptor, ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Simulation.class;
        }

        @Override
        public Simulation resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return simulation;
        }

        @Override
        public void interceptTestTemplateMethod(
                InvocationInterceptor.Invocation<@Nullable Void> invocation,
                ReflectiveInvocationContext<Method> method,
                ExtensionContext context) {
            simulation.run(() -> proceed(invocation));
        }

        private static void proceed(InvocationInterceptor.Invocation<@Nullable Void> invocation) {
            try {
                invocation.proceed();
            } catch (Throwable failure) {
                throw Run.<RuntimeException>as(failure);
            }
        }

        /// Lets a failure out as what it is; JUnit takes any.
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <X extends Throwable> X as(Throwable failure) throws X {
            throw (X) failure;
        }
    }
}
