# Out of the picture at once: the first ten seconds stay quiet all the same.
device-check
0:00 speak 140
0:01 leave
0:20 end
expect hint back_in_frame between 0:10 and 0:10.2
hint 0:10.0 back_in_frame | no whole face in the picture for 9.0 s
