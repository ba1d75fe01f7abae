# Six seconds out of the frame cost eye contact and are told with their time.
device-check
0:00 speak 140
0:22 leave
0:28 return
1:00 end
expect hint back_in_frame between 0:24 and 0:26
expect eye_contact under 0.92
expect words "out of the frame for 6 s (0:22 to 0:28)"
hint 0:24.0 back_in_frame | no whole face in the frame for 2.0 s
