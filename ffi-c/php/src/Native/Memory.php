<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Error\ServerReport;
use Countermark\Handle;
use Countermark\Http\HttpRequest;
use Countermark\Store\Release;
use Countermark\Store\Reserve;
use FFI;
use FFI\CData;
use FFI\CType;

/** Texts, lists and results on their way over the border. */
trait Memory
{
    /** @var array<string, ?CData> for each type that calls hand out, a place where its pointer is written; null while a call has it */
    private array $places = [];

    /** @var array<string, CType> the types of these places: PHP leaks what it reads from the text of one, so it reads each once */
    private array $types = [];

    /**
     * Where a call may write its result. Whoever gets it has it alone until `owned` or `bytes` puts it back: a signal handler
     * may run between the call and the reading, and verify something else.
     */
    private function place(string $type): CData
    {
        $place = $this->places[$type] ?? null;
        $this->places[$type] = null;
        return $place ?? $this->ffi->new($this->types[$type] ??= $this->ffi->type("$type *[1]"));
    }

    private function owned(string $type, CData $place): Handle
    {
        $pointer = $place[0];
        $this->places[$type] = $place;
        return new Handle($pointer, "{$type}_free");
    }

    /** Where a call may write its error, until `check` puts it back: a signal handler may be refused something else in between. */
    private function errorPlace(): CData
    {
        return $this->place('countermark_error');
    }

    private function check(int $status, CData $errorPlace): void
    {
        if ($status !== 0) {
            throw $this->failure($status, $errorPlace);
        }
        $this->places['countermark_error'] = $errorPlace;
    }

    private function failure(int $status, CData $errorPlace): CountermarkException
    {
        $error = $errorPlace[0];
        if ($error === null) {
            return CountermarkException::ofNumber($status);
        }
        try {
            $stated = $this->text($this->ffi->countermark_error_server_error($error));
            $report = $stated === null ? null : new ServerReport(
                $stated,
                $this->text($this->ffi->countermark_error_server_code($error)),
                $this->text($this->ffi->countermark_error_server_message($error)),
            );
            return CountermarkException::ofNumber(
                $status,
                $this->text($this->ffi->countermark_error_detail($error)) ?? '',
                $report,
            );
        } finally {
            $this->ffi->countermark_error_free($error);
            $errorPlace[0] = null;
            $this->places['countermark_error'] = $errorPlace;
        }
    }

    private function text(CData $view): ?string
    {
        return $view->ptr === null ? null : FFI::string($view->ptr, $view->len);
    }

    /** A text that is there whenever its owner is. */
    private function someText(CData $view): string
    {
        return $this->text($view) ?? '';
    }

    private function bytes(CData $place): string
    {
        $bytes = $place[0];
        $this->places['countermark_bytes'] = $place;
        $text = $this->someText($this->ffi->countermark_bytes_view($bytes));
        $this->ffi->countermark_bytes_free($bytes);
        return $text;
    }

    /**
     * What a visitor has sent, which PHP takes whatever its bytes are. What is no text becomes one that is refused for what it says, and not as
     * a mistake of the site.
     */
    private function sent(#[\SensitiveParameter] string $bytes): string
    {
        return \preg_match('//u', $bytes) === 1 ? $bytes : "\u{FFFD}";
    }

    /**
     * Lets a view show a copy of a text, which lives as long as `$kept`.
     *
     * @param list<CData> $kept
     */
    private function show(CData $view, #[\SensitiveParameter] ?string $text, array &$kept): void
    {
        if ($text === null) {
            return;
        }
        $length = \strlen($text);
        $copy = $this->ffi->new('char[' . \max(1, $length) . ']');
        FFI::memcpy($copy, $text, $length);
        $view->ptr = FFI::addr($copy[0]);
        $view->len = $length;
        $kept[] = $copy;
    }

    /**
     * @param list<CData> $kept texts, secrets among them
     */
    private function wipe(array $kept): void
    {
        foreach ($kept as $copy) {
            FFI::memset($copy, 0, FFI::sizeof($copy));
        }
    }

    /**
     * What C counts from 0: PHP's arrays may have names, or the gaps of `array_filter`.
     *
     * @template T
     * @param array<array-key, T> $given
     * @param class-string<T>|'string'|'int' $type that of each element
     * @return list<T>
     */
    private function ring(array $given, string $type, string $name, ErrorCode $wrong = ErrorCode::InvalidConfig): array
    {
        foreach ($given as $one) {
            if (!$one instanceof $type && \get_debug_type($one) !== $type) {
                throw CountermarkException::of($wrong, $name);
            }
        }
        return \array_values($given);
    }

    /**
     * A list of names and values.
     *
     * @param list<array{string, string}> $pairs
     * @param list<CData> $kept
     */
    private function pairs(array $pairs, array &$kept): ?CData
    {
        if ($pairs === []) {
            return null;
        }
        $list = $this->ffi->new('countermark_pair[' . \count($pairs) . ']');
        foreach (\array_values($pairs) as $at => [$name, $value]) {
            $this->show($list[$at]->name, $name, $kept);
            $this->show($list[$at]->value, $value, $kept);
        }
        return $list;
    }

    /**
     * A list of texts, which lives as long as `$kept`.
     *
     * @param array<array-key, string> $texts
     * @param string $name of the setting or argument that has them
     * @param list<CData> $kept
     */
    private function texts(array $texts, string $name, array &$kept, ErrorCode $wrong = ErrorCode::InvalidConfig): ?CData
    {
        $texts = $this->ring($texts, 'string', $name, $wrong);
        if ($texts === []) {
            return null;
        }
        $list = $this->ffi->new('countermark_str[' . \count($texts) . ']');
        foreach ($texts as $at => $text) {
            $this->show($list[$at], $text, $kept);
        }
        $kept[] = $list;
        return $list;
    }

    /** @return list<array{string, string}> */
    private function readPairs(?CData $list, int $count): array
    {
        $pairs = [];
        for ($at = 0; $at < $count; $at++) {
            $pairs[] = [$this->someText($list[$at]->name), $this->someText($list[$at]->value)];
        }
        return $pairs;
    }

    /** @return list<string> */
    private function readTexts(?CData $list, int $count): array
    {
        $texts = [];
        for ($at = 0; $at < $count; $at++) {
            $texts[] = $this->someText($list[$at]);
        }
        return $texts;
    }

    /** A number of seconds, milliseconds, bytes or keys. One that was given must not become the number for "unset": it becomes another, which the library refuses. */
    private function span(?int $number): int
    {
        return $number === null ? self::UNSET : ($number === self::UNSET ? \PHP_INT_MIN : $number);
    }

    /** A time that may be absent. */
    private function time(int $ms): ?int
    {
        return $ms === \PHP_INT_MIN ? null : $ms;
    }

    /** What a step machine wants, as `Machine::poll` says. */
    private function step(CData $step): HttpRequest|Reserve|Release|int|null
    {
        return match ($step->kind) {
            self::STEP_SEND => new HttpRequest(
                $this->someText($step->method),
                $this->someText($step->url),
                $this->readPairs($step->headers, $step->headers_len),
                $this->someText($step->body),
                $step->connect_timeout_ms,
                $step->total_timeout_ms,
                $step->max_reply_bytes,
            ),
            self::STEP_WAIT => $step->until_ms,
            self::STEP_RESERVE => new Reserve($this->someText($step->key), $step->until_ms),
            self::STEP_RELEASE => new Release($this->someText($step->key)),
            default => null,
        };
    }
}
