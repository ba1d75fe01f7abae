# Something is picked up from the floor: away for a second and a half.
device-check
0:00 speak 140
0:20 leave
0:21.5 return
0:40 end
expect no hint back_in_frame
hint 0:30.2 good_eye_contact | eyes on the camera for 92 % of the last 20 s
