<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\LibraryLocator;
use FFI;
use FFI\CData;

/** Loads the library, once in a process. It keeps no state of its own, so a fork may go on using it. */
trait Library
{
    private static ?self $library = null;

    private readonly FFI $ffi;

    private function __construct(FFI $ffi)
    {
        $this->ffi = $ffi;
    }

    private function __clone()
    {
    }

    /**
     * What calls were given lies in the rooms of this object.
     *
     * @return array<string, never>
     */
    public function __debugInfo(): array
    {
        return [];
    }

    /** @throws CountermarkException LIBRARY_MISSING, ABI_MISMATCH */
    public static function library(): self
    {
        return self::$library ??= self::load();
    }

    private static function load(): self
    {
        if (!\extension_loaded('ffi')) {
            throw CountermarkException::of(ErrorCode::LibraryMissing, 'the PHP extension ffi is not loaded');
        }
        $library = new self(self::preloaded() ?? self::opened());
        $version = $library->ffi->countermark_abi_version();
        if ($version !== self::ABI_VERSION) {
            $detail = \sprintf('the package needs ABI %d, the library has %d', self::ABI_VERSION, $version);
            throw CountermarkException::of(ErrorCode::AbiMismatch, $detail);
        }
        return $library;
    }

    /** What `ffi.preload` has loaded: the only way where `ffi.enable` is `preload` and the request comes from the web. */
    private static function preloaded(): ?FFI
    {
        try {
            return FFI::scope('COUNTERMARK');
        } catch (FFI\Exception) {
            return null;
        }
    }

    private static function opened(): FFI
    {
        $locator = new LibraryLocator();
        $tried = [];
        foreach ($locator->candidates() as $path) {
            try {
                return FFI::cdef($locator->declarations(), $path);
            } catch (FFI\Exception $refused) {
                if (\str_contains($refused->getMessage(), 'ffi.enable')) {
                    throw CountermarkException::of(ErrorCode::LibraryMissing, self::recipe(), $refused);
                }
                $tried[] = "$path ({$refused->getMessage()})";
            }
        }
        $detail = 'tried: ' . \implode('; ', $tried);
        throw CountermarkException::of(ErrorCode::LibraryMissing, $detail);
    }

    /**
     * Whether this PHP is: a system may have both C libraries. The process itself is asked, for `open_basedir` may hide every file that would
     * tell. Where FFI is not allowed, nothing will be loaded.
     */
    public static function isOfMusl(): bool
    {
        try {
            if (\extension_loaded('ffi')) {
                FFI::cdef('const char *gnu_get_libc_version(void);');
            }
            return false;
        } catch (FFI\Exception $refused) {
            return \str_contains($refused->getMessage(), 'gnu_get_libc_version');
        }
    }

    private static function recipe(): string
    {
        return 'PHP allows FFI here to preloaded code only. Run vendor/bin/countermark-preload '
            . 'and put the three lines that it prints into php.ini (ffi.enable, ffi.preload, opcache.preload)';
    }

    /** Whoever owns an object got it from the library that is loaded. */
    public static function free(string $function, CData $pointer): void
    {
        self::$library?->ffi->$function($pointer);
    }
}
