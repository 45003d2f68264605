<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/**
 * What users of the package may call is what `surface.txt` says, so that a change of it is seen in review.
 * `COUNTERMARK_UPDATE=1` writes the file anew.
 */
final class SurfaceTest extends TestCase
{
    public function testThePublicSurfaceIsAsCommitted(): void
    {
        $surface = \implode("\n", \array_map($this->describe(...), $this->classes())) . "\n";
        $file = __DIR__ . '/surface.txt';
        if (\getenv('COUNTERMARK_UPDATE') !== false) {
            \file_put_contents($file, $surface);
        }
        self::assertStringEqualsFile($file, $surface, 'run with COUNTERMARK_UPDATE=1, and review the difference');
    }

    /** @return list<\ReflectionClass<object>> */
    private function classes(): array
    {
        $root = \dirname(__DIR__) . '/src';
        $names = [];
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS)) as $file) {
            $names[] = 'Countermark\\' . \strtr(\substr((string) $file, \strlen($root) + 1, -4), '/', '\\');
        }
        \sort($names);
        $classes = \array_map(static fn (string $name): \ReflectionClass => new \ReflectionClass($name), $names);
        return \array_values(\array_filter($classes, fn (\ReflectionClass $class): bool => !$class->isTrait() && $this->isPublic($class)));
    }

    private function isPublic(\ReflectionClass|\ReflectionMethod|\ReflectionProperty|\ReflectionClassConstant $part): bool
    {
        return !\str_contains((string) $part->getDocComment(), '@internal');
    }

    private function describe(\ReflectionClass $class): string
    {
        $kind = $class->isInterface() ? 'interface' : ($class->isEnum() ? 'enum' : ($class->isAbstract() ? 'abstract class' : 'class'));
        $interfaces = \array_diff($class->getInterfaceNames(), ['UnitEnum', 'BackedEnum', 'Stringable']);
        \sort($interfaces);
        $lines = [];
        foreach ($class->getReflectionConstants(\ReflectionClassConstant::IS_PUBLIC) as $constant) {
            if ($this->isOurs($constant) && $this->isPublic($constant)) {
                $value = $constant->getValue();
                $lines[] = "const {$constant->getName()} = " . \var_export($value instanceof \BackedEnum ? $value->value : ($value instanceof \UnitEnum ? $value->name : $value), true);
            }
        }
        foreach ($class->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            if ($this->isOurs($property) && $this->isPublic($property) && !$class->isEnum()) {
                $lines[] = ($property->isReadOnly() ? 'readonly ' : '') . "{$property->getType()} \${$property->getName()}";
            }
        }
        foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            if ($this->isOurs($method) && $this->isPublic($method) && !\in_array($method->getName(), ['__debugInfo', '__destruct', '__serialize', '__unserialize'], true)) {
                $lines[] = $this->method($method);
            }
        }
        \sort($lines);
        $head = "$kind {$class->getName()}" . ($interfaces === [] ? '' : ': ' . \implode(', ', $interfaces));
        return \implode("\n    ", [$head, ...$lines]);
    }

    private function isOurs(\ReflectionMethod|\ReflectionProperty|\ReflectionClassConstant $part): bool
    {
        return \str_starts_with($part->getDeclaringClass()->getName(), 'Countermark\\');
    }

    private function method(\ReflectionMethod $method): string
    {
        $parameters = \array_map(function (\ReflectionParameter $it): string {
            $default = $it->isDefaultValueAvailable() ? ' = ' . $this->written($it->getDefaultValue()) : '';
            return "{$it->getType()} " . ($it->isVariadic() ? '...' : '') . "\${$it->getName()}$default";
        }, $method->getParameters());
        $type = $method->hasReturnType() ? ": {$method->getReturnType()}" : '';
        return ($method->isStatic() ? 'static ' : '') . "{$method->getName()}(" . \implode(', ', $parameters) . ")$type";
    }

    private function written(mixed $value): string
    {
        return \is_object($value) ? $value::class : (string) \preg_replace('/\s+/', ' ', \var_export($value, true));
    }
}
