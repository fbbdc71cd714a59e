<?php
// phpseclib 3: that of the project in whose folder signkit was started (composer), else Debian's. Requiring this file gives
// its version; where there is none, an answer to hello says so, and all ends.

declare(strict_types=1);

use Composer\InstalledVersions;
use phpseclib3\Crypt\RSA;

$autoload = getcwd() . '/vendor/autoload.php';
if (is_file($autoload)) {
    require_once $autoload;
}
if (!class_exists(RSA::class) && stream_resolve_include_path('phpseclib3/autoload.php')) {
    require_once 'phpseclib3/autoload.php';
}
if (!class_exists(RSA::class)) {
    $message = "phpseclib 3 is neither in $autoload nor on PHP's include_path; README.md tells how to get it";
    echo json_encode(['error' => ['kind' => 'MissingLibrary', 'message' => $message]]), "\n";
    exit(1);
}
if (class_exists(InstalledVersions::class) && InstalledVersions::isInstalled('phpseclib/phpseclib')) {
    return InstalledVersions::getPrettyVersion('phpseclib/phpseclib');
}
return exec("dpkg-query -W -f '\${Version}' php-phpseclib3 2>/dev/null") ?: 'unknown'; // it does not tell its version itself
