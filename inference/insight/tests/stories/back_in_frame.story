# The candidate leans out of the frame for eight seconds.
device-check
0:00 speak 140
0:20 leave
0:28 return
0:40 end
expect hint back_in_frame between 0:22 and 0:23
expect presence under 0.85
hint 0:22.0 back_in_frame | no whole face in the frame for 2.0 s
