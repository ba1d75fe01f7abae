# A camera in poor light gives five frames a second: six seconds out of the frame are told as six seconds all the same.
device-check
camera-hz 5
0:00 speak 140
0:20 leave
0:26 return
0:45 end
expect words "out of the frame for 5.9 s"
hint 0:22.2 back_in_frame | no whole face in the frame for 2.2 s
