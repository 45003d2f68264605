<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;
use PhpToken;

/** What the static analysis cannot see in `src/Native`, for the types there are those of the C header. */
final class NativeTest extends TestCase
{
    public function testEachCallOverTheBorderFitsTheHeader(): void
    {
        $root = \dirname(__DIR__);
        $header = (string) \file_get_contents("$root/../include/countermark.ffi.h");
        \preg_match_all('/(countermark_\w+)\(([^()]*)\);/', $header, $declared, \PREG_SET_ORDER);
        $parameters = [];
        foreach ($declared as [, $name, $list]) {
            $parameters[$name] = \trim($list) === 'void' ? 0 : \substr_count($list, ',') + 1;
        }
        $fit = 0;
        foreach (\glob("$root/src/Native/*.php") ?: [] as $file) {
            foreach (self::calls((string) \file_get_contents($file)) as [$name, $arguments, $line]) {
                self::assertSame($parameters[$name] ?? 'not in the header', $arguments, "$name in $file:$line");
                $fit++;
            }
        }
        self::assertGreaterThan(100, $fit);
    }

    /** @return iterable<array{string, int, int}> each `$this->ffi->NAME(…)`: its name, its number of arguments, its line */
    private static function calls(string $code): iterable
    {
        $blank = [\T_WHITESPACE, \T_COMMENT, \T_DOC_COMMENT];
        $tokens = \array_values(\array_filter(PhpToken::tokenize($code), static fn (PhpToken $token): bool => !$token->is($blank)));
        foreach ($tokens as $at => $token) {
            if ($token->text !== 'ffi' || !\str_starts_with($tokens[$at + 2]->text, 'countermark_')) {
                continue;
            }
            self::assertSame('(', $tokens[$at + 3]->text);
            [$depth, $arguments, $empty] = [1, 0, true];
            for ($next = $at + 4; $depth > 0; $next++) {
                $text = $tokens[$next]->text;
                $depth += \in_array($text, ['(', '['], true) ? 1 : (\in_array($text, [')', ']'], true) ? -1 : 0);
                $ends = $depth === 0 || ($depth === 1 && $text === ',');
                // A comma may stand behind the last one.
                $arguments += $ends && !$empty ? 1 : 0;
                $empty = $ends;
            }
            yield [$tokens[$at + 2]->text, $arguments, $token->line];
        }
    }
}
