# The light goes out and no face is found any more: light is what is missing, and nobody is called back into the frame.
device-check
0:00 speak 140
0:20 dark
0:20 leave
0:28 return
1:00 end
expect hint more_light between 0:20 and 0:24
expect no hint back_in_frame
hint 0:23.0 more_light | too dark for 3.0 s
