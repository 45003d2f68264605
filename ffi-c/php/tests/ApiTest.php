<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Login\State;
use Countermark\Native;
use PHPUnit\Framework\TestCase;

/** What holds for the whole package. */
final class ApiTest extends TestCase
{
    public function testErrorCodesAreTheTable(): void
    {
        $rows = \array_map(static fn (ErrorCode $code): array => [
            'number' => $code->value,
            'name' => $code->label(),
            'class' => $code->group(),
            'retryable' => $code->isRetryable(),
            'http_status' => $code->httpStatus(),
            'message' => $code->message(),
            'hint' => $code->hint(),
            'public' => $code->publicMessage() === $code->message(),
        ], ErrorCode::cases());
        self::assertSame(Native::library()->errorTable(), $rows);
    }

    public function testStatesAreTheTable(): void
    {
        $names = \array_map(
            static fn (State $state): string => \strtolower((string) \preg_replace('/(?<=.)[A-Z]/', '_$0', $state->name)),
            State::cases(),
        );
        self::assertSame(\array_column(Native::library()->stateTable(), 'name', 'number'), $names);
        foreach (State::cases() as $state) {
            $constant = \Countermark\Migration\AuthSession::class . '::' . \strtoupper($state->name);
            self::assertSame($state->value, \constant($constant));
        }
    }

    /** The numbers that enums repeat are those of the header. */
    public function testNumbersAreTheHeaders(): void
    {
        $header = (string) \file_get_contents(\dirname(__DIR__, 2) . '/include/countermark.h');
        $expected = [
            'ABI_VERSION' => Native::ABI_VERSION,
            ...$this->constants('OUTCOME', \Countermark\Login\LoginOutcome::cases()),
            ...$this->constants('REQUEST', \Countermark\Login\RequestKind::cases()),
            ...$this->constants('FAILURE', \Countermark\Http\FailureKind::cases()),
            ...$this->constants('PHASE', \Countermark\Http\FailurePhase::cases()),
            ...$this->constants('HANDSHAKE', \Countermark\Webhook\HandshakeOrder::cases()),
            'QUERY_V1' => \Countermark\Query\QueryProfile::V1->value,
            'QUERY_LEGACY_ONELOGIN' => \Countermark\Query\QueryProfile::LegacyOneLogin->value,
            'QUERY_LEGACY_ONELOGIN_STRICT' => \Countermark\Query\QueryProfile::LegacyOneLoginStrict->value,
            'DEFAULT' => 'INT32_MIN',
            'STEP_SEND' => 1,
            'STEP_WAIT' => 2,
        ];
        foreach ($expected as $name => $number) {
            self::assertMatchesRegularExpression("/^#define COUNTERMARK_$name $number\$/m", $header);
        }
    }

    /**
     * @param list<\BackedEnum> $cases
     * @return array<string, int|string>
     */
    private function constants(string $prefix, array $cases): array
    {
        $constants = [];
        foreach ($cases as $case) {
            $name = \strtoupper((string) \preg_replace('/(?<=.)[A-Z]/', '_$0', $case->name));
            $constants["{$prefix}_$name"] = $case->value;
        }
        return $constants;
    }

    public function testEveryClassIsStrictAndTyped(): void
    {
        foreach ($this->classes() as $path => $class) {
            self::assertStringContainsString("declare(strict_types=1);", (string) \file_get_contents($path), $path);
            // Old sites extend the vendor's classes.
            $isOpen = \in_array($class->getName(), [\Countermark\Migration\SecSignIDApi::class, \Countermark\Migration\AuthSession::class], true);
            self::assertTrue($isOpen || $class->isFinal() || $class->isInterface() || $class->isTrait() || $class->isEnum()
                || $class->implementsInterface(\Throwable::class), "$path: final");
            foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
                if (!\str_starts_with($method->getDeclaringClass()->getName(), 'Countermark\\')) {
                    continue;
                }
                $types = \array_map(static fn (\ReflectionParameter $it): ?\ReflectionType => $it->getType(), $method->getParameters());
                if (!\in_array($method->getName(), ['__construct', '__destruct'], true)) {
                    $types[] = $method->getReturnType();
                }
                foreach ($types as $type) {
                    self::assertNotNull($type, "{$class->getName()}::{$method->getName()} has a type missing");
                    self::assertNotSame('mixed', (string) $type, "{$class->getName()}::{$method->getName()}");
                }
            }
        }
    }

    /** `ffi.enable=preload` allows FFI to the preloaded class only. */
    public function testOneClassCallsFfi(): void
    {
        foreach ($this->classes() as $path => $class) {
            if (!\str_starts_with($class->getName(), 'Countermark\\Native')) {
                $code = (string) \file_get_contents($path);
                self::assertDoesNotMatchRegularExpression('/\bFFI::|new \\\\?FFI\b/', $code, $path);
            }
        }
    }

    public function testEveryExceptionIsOneOfTheTree(): void
    {
        foreach (ErrorCode::cases() as $code) {
            $error = \Countermark\Error\CountermarkException::of($code, 'detail');
            self::assertInstanceOf(CountermarkExceptionInterface::class, $error);
            self::assertSame($code, $error->errorCode());
            self::assertSame($code->value, $error->getCode());
        }
        $newer = \Countermark\Error\CountermarkException::ofNumber(2999);
        self::assertNull($newer->errorCode());
        self::assertSame(2999, $newer->getCode());
        self::assertSame(500, $newer->httpStatus());
    }

    /** @return iterable<string, \ReflectionClass<object>> */
    private function classes(): iterable
    {
        $root = \dirname(__DIR__) . '/src';
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS));
        foreach ($files as $file) {
            $path = (string) $file;
            $name = 'Countermark\\' . \strtr(\substr($path, \strlen($root) + 1, -4), '/', '\\');
            yield $path => new \ReflectionClass($name);
        }
    }
}
