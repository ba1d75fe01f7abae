# Out of the frame at once: nothing else can be judged, so the first ten quiet seconds do not hold this back.
device-check
0:00 speak 140
0:01 leave
0:20 end
expect hint back_in_frame between 0:03 and 0:04
hint 0:03.0 back_in_frame | no whole face in the frame for 2.0 s
