<?php

declare(strict_types=1);

try {
    FFI::cdef('int getpid(void);');
} catch (FFI\Exception $refused) {
    echo $refused->getMessage();
}
