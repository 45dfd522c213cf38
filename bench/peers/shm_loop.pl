#!/usr/bin/env perl
# Reads and writes a System V segment of 64 bytes with shmread and shmwrite: shm_loop.pl KEY
# For each line "read COUNT" or "write COUNT" prints the seconds of one call.
use strict;
use warnings;
use Time::HiRes 'time';

$| = 1;
my $id = shmget(oct($ARGV[0]), 0, 0) // die "shmget: $!";
my $text = 'x' x 63 . "\0";
my $buffer;
print "ready\n";
while (my ($what, $count) = split ' ', <STDIN> // '') {
    my $begin = time;
    if ($what eq 'read') {
        for (1 .. $count) {
            shmread($id, $buffer, 0, 64) or die "shmread: $!";
        }
    } else {
        for (1 .. $count) {
            shmwrite($id, $text, 0, 64) or die "shmwrite: $!";
        }
    }
    printf "%.12f\n", (time() - $begin) / $count;
}
