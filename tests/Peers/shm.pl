#!/usr/bin/perl
# System V shared memory by Perl's own functions.
#   shm.pl write KEY SIZE TEXT     shmget(IPC_CREAT|0666), shmwrite
#   shm.pl read KEY SIZE           shmget, shmread, print the text up to its NUL
use strict;
use warnings;
use IPC::SysV qw(IPC_CREAT);

my ($command, $key, $size, $text) = @ARGV;
my $id = shmget($key, $size, IPC_CREAT | 0666);
die "shmget: $!\n" unless defined $id;

if ($command eq 'write') {
    shmwrite($id, "$text\0", 0, length($text) + 1) or die "shmwrite: $!\n";
}
else {
    my $bytes;
    shmread($id, $bytes, 0, $size) or die "shmread: $!\n";
    print unpack('Z*', $bytes), "\n";
}
